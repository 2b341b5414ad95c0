//! The text a scenario or system comes from, and what can be wrong at a place in it.

mod excerpt;
mod file_kind;
mod nearest;
mod reading;
mod span;

use std::fmt;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;

pub use excerpt::Excerpt;
pub use file_kind::FileKind;
pub use nearest::nearest;
pub use reading::SourceReading;
pub(crate) use span::LOCATED;
pub use span::{Located, Span};

use crate::yaml::{self, YamlError, YamlProblem};
use excerpt::cut;

/// A named YAML text.
#[derive(Debug, Clone)]
pub struct Source {
    /// What errors call it: a path, or the name of a built-in file.
    pub name: String,
    /// The text itself.
    pub text: String,
    /// Whether messages may quote it; to find out, all of it may have to be read.
    may_be_quoted: OnceLock<bool>,
}

/// One thing that is wrong with a source, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The source's name.
    pub source: String,
    /// Where in the source; `None` when the whole is meant.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line of the source, or the part of it around the place, to show below the message.
    pub line: Option<Excerpt>,
}

impl Source {
    /// Names a text. A byte order mark before it is passed over.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Self { name: name.into(), text, may_be_quoted: OnceLock::new() }
    }

    /// Reads the text as a `T`.
    ///
    /// # Errors
    /// A [`Diagnostic`] with line, column and, for a key that does not exist, the nearest
    /// one that does.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Box<Diagnostic>> {
        yaml::from_str(&self.text).map_err(|error| Box::new(self.explain(&error)))
    }

    /// Reads the text as a `T` as far as possible, with everything that is wrong with its form.
    pub fn read<T: DeserializeOwned>(&self) -> SourceReading<T> {
        let (value, errors, left_out) = yaml::read_all(&self.text);
        let mut problems: Vec<Diagnostic> =
            errors.iter().map(|error| self.explain(error)).collect();
        if !self.may_be_quoted() {
            // All would say the same: that this is no file of brunt.
            problems.truncate(1);
        }
        SourceReading { value, problems, left_out }
    }

    /// A diagnostic about a place in this source.
    pub fn wrong(&self, span: Option<Span>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            source: self.name.clone(),
            span,
            message: message.into(),
            help: None,
            line: span.filter(|_| self.may_be_quoted()).and_then(|span| self.line(span)),
        }
    }

    fn line(&self, span: Span) -> Option<Excerpt> {
        let line = self.text.lines().nth(span.line - 1)?;
        Some(Excerpt::of(line, span.column))
    }

    /// Where a text stands in this source, at that line or below it. For what is known by
    /// its words only.
    pub fn find(&self, from: Span, text: &str) -> Option<Span> {
        let lines = self.text.lines().enumerate().skip(from.line - 1);
        lines.filter(|_| !text.is_empty()).find_map(|(number, line)| {
            let before = &line[..line.find(text)?];
            Some(Span { line: number + 1, column: before.chars().count() + 1 })
        })
    }

    /// The digits of an integer in this source that 64 bits do not hold and that was read as this
    /// float; `None` when the float was written as one.
    pub(crate) fn integer_read_as(&self, float: Option<f64>) -> Option<String> {
        let float = float?;
        let is_part = |letter: char| !letter.is_ascii_alphanumeric() && !".+".contains(letter);
        let mut words = self.text.split(is_part);
        // Below zero, 64 bits hold only half as many: the sign is no part of a word.
        let fits = |word: &str| match float < 0.0 {
            true => format!("-{word}").parse::<i64>().is_ok(),
            false => word.parse::<u64>().is_ok(),
        };
        let is_it = |word: &&str| {
            word.len() >= 19
                && word.bytes().all(|byte| byte.is_ascii_digit())
                && word.parse::<f64>() == Ok(float.abs())
                && !fits(word)
        };
        words.find(is_it).map(str::to_owned)
    }

    /// Where a key stands in this source, at that line or below it.
    pub fn find_key(&self, from: Span, key: &str) -> Option<Span> {
        let lines = self.text.lines().enumerate().skip(from.line - 1);
        let starts = |line: &str| {
            let bare = line.trim_start_matches([' ', '-', '{', '"', '\'']);
            let rest = bare.strip_prefix(key)?.trim_start_matches(['"', '\'']);
            rest.starts_with(':').then(|| line[..line.len() - bare.len()].chars().count() + 1)
        };
        lines
            .into_iter()
            .find_map(|(number, line)| Some(Span { line: number + 1, column: starts(line)? }))
            // In a map in braces, a key may stand anywhere in its line.
            .or_else(|| self.find(from, &format!("{key}:")))
    }

    fn explain(&self, error: &YamlError) -> Diagnostic {
        let diagnostic = self.wrong(error.span, error.to_string());
        match &error.problem {
            YamlProblem::Syntax(_) => diagnostic,
            _ if !self.may_be_quoted() => self
                .wrong(None, "this is not a file of brunt")
                .help("scenarios, system files and load files begin with `version: 1`"),
            YamlProblem::UnknownKey { key, known } => diagnostic.help_choose(key, known),
            YamlProblem::UnknownKind { kind, known } => diagnostic.help_choose(kind, known),
            _ => diagnostic,
        }
    }
}

impl Diagnostic {
    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the nearest of the names that would have been right, or all of them when none is near.
    #[must_use]
    pub fn help_choose<S: AsRef<str>>(self, wrong: &str, choices: &[S]) -> Self {
        let names: Vec<&str> = choices.iter().map(AsRef::as_ref).collect();
        match nearest(wrong, &names) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None if names.is_empty() => self,
            None => self.help(format!("one of: {}", names.join(", "))),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = cut(&self.message);
        match self.span {
            Some(span) => {
                writeln!(out, "{}:{}:{}: {message}", self.source, span.line, span.column)?;
            }
            None => writeln!(out, "{}: {message}", self.source)?,
        }
        if let (Some(span), Some(Excerpt { text, column })) = (self.span, &self.line) {
            writeln!(out, "{:>5} | {text}", span.line)?;
            writeln!(out, "      | {:>width$}", "^", width = column)?;
        }
        match &self.help {
            Some(help) => writeln!(out, "      = {}", cut(help)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_of_more_than_64_bits_is_known_from_a_float() {
        let source = Source::new("a", "[9223372036854775808, -9223372036854775809, 1e19, -1]");
        let read = |text: &str| source.integer_read_as(Some(text.parse().expect("a number")));
        assert_eq!(read("-9223372036854775809"), Some("9223372036854775809".to_owned()));
        assert_eq!(read("9223372036854775808"), None, "64 bits hold it without a sign");
        assert_eq!(read("1e19"), None, "it was written as a float");
        assert_eq!(read("-1"), None);
        let positive = Source::new("a", "18446744073709551616");
        assert!(positive.integer_read_as(Some(18446744073709551616.0)).is_some());
    }
}
