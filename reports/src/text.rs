//! The report at the end of a run, for a terminal 80 columns wide.

use std::fmt::Write as _;

use brunt_scenarios::plain_text::printable;
use textwrap::{Options, WordSplitter, fill, wrap};

use crate::verdict::{Finding, Judgement, Outcome, Verdict};
use crate::{Report, format, summary};

/// The widest line, unless a single word is wider.
const WIDTH: usize = 80;

/// The widest figure that stands beside its claim in one line.
const FIGURE: usize = 24;

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
    let name = printable(name);
    // The longest outcome stands before its first line.
    let name = wrap(&name, words(WIDTH - 26)).join("\n  ");
    push(&mut out, &format!("{}  {name}", paint(&head, code(outcome), colour)));
    push(&mut out, &indented(&printable(summary), 2));
    push(&mut out, "");
    let widest = verdict.findings.iter().map(|finding| finding.measured.chars().count()).max();
    let measured = widest.unwrap_or(0).min(FIGURE);
    // Failed checks come last: the end of a log is what people see first.
    for finding in summary::worst_last(verdict) {
        line(&mut out, finding, measured, colour);
    }
    push(&mut out, "");
    push(&mut out, &format!("  {}", summary::tally(verdict)));
    if let Some(written) = written {
        push(&mut out, &indented(&format!("report: {written}"), 2));
    }
    out
}

fn push(out: &mut String, line: &str) {
    // Writing to a string cannot fail.
    for line in line.trim_end().split('\n') {
        let _ = writeln!(out, "{}", format::no_command(line));
    }
}

fn line(out: &mut String, finding: &Finding, measured: usize, colour: Colour) {
    let (sign, code) = match finding.judgement {
        Judgement::Pass => ("✓", 32),
        Judgement::Fail => ("✗", 31),
        Judgement::Inconclusive => ("?", 33),
    };
    let sign = paint(&format!("{sign} {:<12}", finding.judgement), code, colour);
    let room = WIDTH - 2 - 16 - 2 - measured;
    let (claim, found) = (printable(&finding.claim), printable(&finding.measured));
    let (claim, found) = (wrap(&claim, words(room)), wrap(&found, words(measured)));
    for row in 0..claim.len().max(found.len()) {
        let claim = claim.get(row).map_or("", |line| line);
        let found = found.get(row).map_or("", |line| line);
        let pad = room.saturating_sub(claim.chars().count());
        match row {
            0 => push(out, &format!("  {sign}  {claim}{:pad$}  {found}", "")),
            _ => push(out, &format!("{:18}{claim}{:pad$}  {found}", "", "")),
        }
    }
    if finding.judgement != Judgement::Pass {
        push(out, &indented(&evidence(&finding.evidence), 20));
    }
}

/// Words are kept whole: a path that is broken cannot be copied.
fn words<'a>(width: usize) -> Options<'a> {
    Options::new(width).break_words(false).word_splitter(WordSplitter::NoHyphenation)
}

fn indented(text: &str, by: usize) -> String {
    let indent = " ".repeat(by);
    fill(text, words(WIDTH).initial_indent(&indent).subsequent_indent(&indent))
}

/// Evidence may have several lines, such as a service's last log lines.
fn evidence(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
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
