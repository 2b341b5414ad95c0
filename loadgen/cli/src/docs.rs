//! The examples of docs/load.md: its load files pass their check, and its commands can be read.

use brunt_scenarios::Source;
use brunt_scenarios::plan::LoadPlan;
use brunt_scenarios::scenario::{LoadFile, read_beside};

use crate::args::{Flag, Flags, Settings, check_beside_load_file, load_file};
use crate::error::LoadCliError;

const DOCS: &str = include_str!("../../../docs/load.md");
/// The files that examples name.
const PEOPLE: &str = "user,password\nann,secret\n";
const PROTO: &str = "syntax = \"proto3\"; package shop.v1;
    message Order { string id = 1; string product = 2; int32 qty = 3; }
    message OrderId { string id = 1; }
    service Orders { rpc Place(Order) returns (Order); rpc Get(OrderId) returns (Order); }";

/// The blocks of a language, each with the line that it begins at.
fn blocks(language: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = DOCS.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(of) = line.strip_prefix("```") else { continue };
        let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text = body.map(|line| format!("{line}\n")).collect();
        if of == language {
            found.push((number + 2, text));
        }
    }
    found
}

#[test]
fn load_files_of_the_docs_pass_their_check() {
    let all = blocks("yaml");
    assert!(all.len() >= 2, "examples of journeys and of gRPC");
    for (line, text) in all {
        let source = Source::new(format!("docs/load.md, from line {line} on"), text);
        let checked =
            source.parse::<LoadFile>().map_err(|error| vec![*error]).and_then(|mut written| {
                read_beside(&mut written.load, &source, |name| match name {
                    "people.csv" => Ok(PEOPLE.to_owned()),
                    "shop.proto" => Ok(PROTO.to_owned()),
                    _ => Err(std::io::ErrorKind::NotFound.into()),
                })?;
                LoadPlan::check(&written, &source)
            });
        let all = |problems: Vec<brunt_scenarios::Diagnostic>| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("")
        };
        checked.map_err(all).map(drop).unwrap_or_else(|wrong| panic!("{wrong}"));
    }
}

#[test]
fn commands_of_the_docs_can_be_read() {
    let mut commands = 0;
    for (line, text) in blocks("sh") {
        for command in text.replace("\\\n", " ").lines() {
            let words = words(command);
            let Some(arguments) =
                words.strip_prefix(["brunt".to_owned(), "load".to_owned()].as_slice())
            else {
                panic!("line {line}: `{command}` is no load");
            };
            commands += 1;
            understood(arguments)
                .unwrap_or_else(|error| panic!("line {line}: `{command}`: {error}"));
        }
    }
    assert!(commands > 10, "{commands} commands");
}

/// Whether a command means something, without what needs its files and servers.
fn understood(arguments: &[String]) -> Result<(), LoadCliError> {
    let flags = Flags::parse(arguments)?;
    let elsewhere = [Flag::File, Flag::Grpc, Flag::OpenApi, Flag::Har];
    if elsewhere.iter().any(|flag| flags.has(*flag)) {
        return Ok(());
    }
    match load_file(&flags) {
        Some(_) => check_beside_load_file(&flags),
        None => Settings::new(flags).map(drop),
    }
}

/// A line's words, as a shell takes them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), None);
    for letter in line.chars() {
        match (letter, quoted) {
            ('\'' | '"', None) => quoted = Some(letter),
            (end, Some(quote)) if end == quote => quoted = None,
            (' ', None) => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            ('#', None) if word.is_empty() => return words,
            (letter, _) => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}
