//! The report at the end of a run, for a terminal 100 columns wide.

use std::fmt::Write as _;

use textwrap::Options;

use crate::verdict::{Finding, Judgement, Outcome, Verdict};
use crate::{Report, summary};

/// The widest line.
const WIDTH: usize = 100;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI escapes, for terminals.
    On,
    /// Without escapes, for files and pipes.
    Off,
}

/// The verdict as a table, with the evidence of what does not hold, and `written`: where the
/// full report is.
pub fn text(report: &Report, colour: Colour, written: Option<&str>) -> String {
    verdict_text(&report.name, &summary::summary(report), &report.verdict, colour, written)
}

/// A verdict as a table, under a name and a line that says what was done.
pub fn verdict_text(
    name: &str,
    summary: &str,
    verdict: &Verdict,
    colour: Colour,
    written: Option<&str>,
) -> String {
    let outcome = verdict.outcome;
    let mut out = String::new();
    let head = format!("{} {outcome}", mark(outcome));
    let name = textwrap::wrap(name, Options::new(WIDTH - 24));
    let name = name.join("\n  ");
    push(&mut out, &format!("{}  {name}", paint(&head, code(outcome), colour)));
    push(&mut out, &format!("  {summary}"));
    push(&mut out, "");
    let widest = verdict.findings.iter().map(|finding| finding.measured.chars().count()).max();
    let measured = widest.unwrap_or(0).min(24);
    // Failed checks come last: the end of a log is what people see first.
    for finding in summary::worst_last(verdict) {
        line(&mut out, finding, measured, colour);
    }
    push(&mut out, "");
    push(&mut out, &format!("  {}", summary::tally(verdict)));
    if let Some(written) = written {
        push(&mut out, &format!("  report: {written}"));
    }
    out
}

fn push(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", without_controls(line.trim_end()));
}

/// What services reply and log stands in findings, and a terminal would obey it: of control
/// characters only line ends and the colours of this file stay.
fn without_controls(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let colour = colour_code(rest);
        let (shown, length) = match (colour, letter) {
            (Some(length), _) => (rest[..length].to_owned(), length),
            (None, '\n') => ("\n".to_owned(), 1),
            (None, letter) if letter.is_control() => {
                (letter.escape_default().to_string(), letter.len_utf8())
            }
            (None, letter) => (letter.to_string(), letter.len_utf8()),
        };
        out += &shown;
        rest = &rest[length..];
    }
    out
}

/// The length of the colour's escape sequence that a text begins with: `ESC [ 1;32 m`.
fn colour_code(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("\u{1b}[")?;
    let end = digits.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    digits[end..].starts_with('m').then_some("\u{1b}[".len() + end + 1)
}

fn line(out: &mut String, finding: &Finding, measured: usize, colour: Colour) {
    let (sign, code) = match finding.judgement {
        Judgement::Pass => ("✓", 32),
        Judgement::Fail => ("✗", 31),
        Judgement::Inconclusive => ("?", 33),
    };
    let sign = paint(&format!("{sign} {:<12}", finding.judgement), code, colour);
    let room = WIDTH - 2 - 16 - 2 - measured;
    let claim = textwrap::wrap(&finding.claim, room);
    for (row, claim) in claim.iter().enumerate() {
        let pad = room - claim.chars().count();
        match row {
            0 => push(out, &format!("  {sign}  {claim}{:pad$}  {}", "", finding.measured)),
            _ => push(out, &format!("{:18}{claim}", "")),
        }
    }
    if finding.judgement != Judgement::Pass {
        let indent = " ".repeat(20);
        let options = Options::new(WIDTH).initial_indent(&indent).subsequent_indent(&indent);
        push(out, &textwrap::fill(&finding.evidence, options));
    }
}

fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "✓",
        Outcome::Fail => "✗",
        Outcome::Inconclusive => "?",
        Outcome::Aborted => "■",
        Outcome::LeftBehind => "!",
    }
}

fn code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Pass => 32,
        Outcome::Fail | Outcome::LeftBehind => 31,
        Outcome::Inconclusive | Outcome::Aborted => 33,
    }
}

fn paint(text: &str, code: u8, colour: Colour) -> String {
    match colour {
        Colour::On => format!("\x1b[1;{code}m{text}\x1b[0m"),
        Colour::Off => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_control_characters_only_line_ends_and_colours_are_printed() {
        let line = paint("fail", 31, Colour::On);
        assert_eq!(without_controls(&format!("{line}\nnext")), format!("{line}\nnext"));
        assert_eq!(
            without_controls("\u{1b}]0;title\u{7}\u{1b}[2Jö\r\u{9b}31m"),
            r"\u{1b}]0;title\u{7}\u{1b}[2Jö\r\u{9b}31m"
        );
    }
}
