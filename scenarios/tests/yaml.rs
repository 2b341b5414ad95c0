//! YAML 1.2 in every file: its core schema, large and hostile documents.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write;

use brunt_scenarios::scenario::LoadFile;
use brunt_scenarios::yaml::{documents, from_str};
use brunt_scenarios::{Source, plan::LoadPlan};
use serde_json::{Value, json};

fn read(text: &str) -> Value {
    from_str(text).unwrap()
}

fn refused(text: &str) -> String {
    from_str::<Value>(text).unwrap_err().to_string()
}

#[test]
fn words_of_yaml_1_1_are_texts_and_leading_zeros_are_decimal() {
    assert_eq!(
        read("{country: NO, y: y, is: on, no: [yes, Off, n], zip: 01234, mode: 0o17, hex: 0x1F}"),
        json!({"country": "NO", "y": "y", "is": "on", "no": ["yes", "Off", "n"], "zip": 1234,
            "mode": 15, "hex": 31})
    );
    assert_eq!(
        read("{a: True, b: ~, c: , d: 1_000, e: 12:30:45, f: -1.5e3, g: 2026-11-30, h: '010'}"),
        json!({"a": true, "b": null, "c": null, "d": "1_000", "e": "12:30:45", "f": -1500.0,
            "g": "2026-11-30", "h": "010"})
    );
    assert_eq!(read("- !!str 7\n- !!int '7'\n- |\n  010\n"), json!(["7", 7, "010\n"]));
}

#[test]
fn a_text_field_gets_a_scalar_as_it_was_written() {
    let env: BTreeMap<String, String> = from_str("{PORT: 08080, ON: true, V: 1.10}").unwrap();
    assert_eq!(env.values().collect::<Vec<_>>(), ["true", "08080", "1.10"]);
    let numbers: BTreeMap<String, u16> = from_str("{port: 08080}").unwrap();
    assert_eq!(numbers["port"], 8080);
    let refused = from_str::<BTreeMap<String, bool>>("{follow: yes}").unwrap_err().to_string();
    assert_eq!(refused, "true or false is expected here, not `yes`");
}

#[test]
fn a_load_file_sends_the_values_that_yaml_1_2_says() {
    let text = "\
version: 1
base: http://127.0.0.1:7101
load:
  - name: u
    closed: {users: 1}
    for: 300ms
    feeds: [{rows: [{country: NO, zip: 01234}]}]
    journeys: [{name: j, steps: [{post: '/c/${country}/${zip}', json: {country: NO, y: y}}]}]
";
    let source = Source::new("norway.yaml", format!("\u{feff}{text}"));
    let written: LoadFile = source.parse().unwrap();
    let plan = LoadPlan::check(&written, &source).unwrap();
    assert_eq!(plan.loads[0].feeds[0].rows, [[json!("NO"), json!(1234)]]);
    let step = &written.load[0].journeys[0].steps[0];
    assert_eq!(step.json, Some(json!({"country": "NO", "y": "y"})));
}

#[test]
fn documents_of_four_megabytes_are_read() {
    let mut text = String::from("rows:\n");
    let mut rows = 0;
    while text.len() < 4 << 20 {
        writeln!(text, "  - {{id: {rows}, name: customer {rows}, city: Oslo}}").unwrap();
        rows += 1;
    }
    let read = read(&text);
    assert_eq!(read["rows"].as_array().unwrap().len(), rows);
    assert_eq!(read["rows"][rows - 1]["id"], json!(rows - 1));
}

#[test]
fn aliases_and_merges_are_followed_within_bounds() {
    assert_eq!(
        read("{a: &a {x: 1, y: 2}, b: {<<: *a, y: 3}, c: *a}"),
        json!({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2}})
    );
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [below.as_str(); 9].join(", ")).unwrap();
    }
    assert!(refused(&bomb).contains("behind aliases"), "{}", refused(&bomb));
    let mut ladder = String::from("a0: &a0 [x]\n");
    for level in 1..500 {
        writeln!(ladder, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(refused(&ladder).contains("levels"), "{}", refused(&ladder));
    assert!(refused(&"[".repeat(100_000)).contains("recursion limit"));
    assert!(refused("a: &a [*a]").contains("alias"));
}

#[test]
fn what_is_no_document_is_refused_with_its_place() {
    let place = |text: &str| {
        let error = from_str::<Value>(text).unwrap_err();
        let span = error.span.unwrap();
        (span.line, span.column, error.to_string())
    };
    assert_eq!(place("a: 1\nb: 2\na: 3\n"), (3, 1, "the key `a` is here twice".to_owned()));
    assert_eq!(place("a: .nan"), (1, 4, "`.nan` is no number that JSON can hold".to_owned()));
    assert_eq!(place("a: {<<: 5}").2, "`<<` merges maps, and this is none");
    assert_eq!(place("").2, "the file is empty");
    assert_eq!(place("a: 1\n---\nb: 2\n").2, "a second document: one is expected");
    assert_eq!(place("? [a]\n: 1").2, "a key is a text, not a list or a map");
    let all: Vec<Value> = documents("a: 1\n---\nb: 2\n").unwrap();
    assert_eq!(all, [json!({"a": 1}), json!({"b": 2})]);
}

#[test]
fn of_thousands_of_mistakes_the_first_ones_are_reported_soon() {
    let twice = "\"a\": 1, ".repeat(5_000);
    let text = format!("{{\"version\": 1, \"load\": [{{{twice}\"b\": 1}}]}}");
    let source = Source::new("load.yaml", text);
    let problems = source.read::<LoadFile>().into_problems();
    assert_eq!(problems.len(), 50);
    let shown: String = problems.iter().map(ToString::to_string).collect();
    assert!(shown.len() < 50_000 && shown.contains('^'), "{} bytes", shown.len());
}
