//! The report at the end of a run, for a terminal 100 columns wide.

use std::fmt::Write as _;

use brunt_scenarios::plain_text::printable;
use textwrap::Options;

use crate::verdict::{Finding, Judgement, Outcome, Verdict};
use crate::{Report, format, summary};

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
    let name = printable(name);
    let name = textwrap::wrap(&name, Options::new(WIDTH - 24));
    let name = name.join("\n  ");
    push(&mut out, &format!("{}  {name}", paint(&head, code(outcome), colour)));
    push(&mut out, &format!("  {}", printable(summary)));
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
    let claim = textwrap::wrap(&claim, room);
    for (row, claim) in claim.iter().enumerate() {
        let pad = room - claim.chars().count();
        match row {
            0 => push(out, &format!("  {sign}  {claim}{:pad$}  {found}", "")),
            _ => push(out, &format!("{:18}{claim}", "")),
        }
    }
    if finding.judgement != Judgement::Pass {
        let indent = " ".repeat(20);
        let options = Options::new(WIDTH).initial_indent(&indent).subsequent_indent(&indent);
        push(out, &textwrap::fill(&evidence(&finding.evidence), options));
    }
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
