//! The report for a comment on a pull request.

use askama::Template;

use crate::verdict::{Finding, Judgement, Outcome};
use crate::{RenderError, Report, wording};

/// More rows than anybody reads, and less than a comment can hold.
const ROWS: usize = 60;
/// The most lines that say why, above all else.
const WHY: usize = 3;
/// The longest cell, in characters.
const CELL: usize = 400;

#[derive(Template)]
#[template(path = "report.md", escape = "none")]
struct Page<'a> {
    sign: &'static str,
    outcome: Outcome,
    name: String,
    summary: String,
    tally: String,
    /// What does not hold, in three lines.
    why: Vec<Row>,
    more_why: usize,
    rows: Vec<Row>,
    more: usize,
    command: String,
    version: &'a str,
}

struct Row {
    sign: &'static str,
    judgement: Judgement,
    claim: String,
    measured: String,
    evidence: String,
}

/// The verdict as a table, what does not hold first, with all evidence to unfold.
///
/// # Errors
/// [`RenderError::Template`] when the template fails.
pub fn markdown(report: &Report) -> Result<String, RenderError> {
    let findings = wording::worst_first(&report.verdict);
    let bad: Vec<&Finding> =
        findings.iter().copied().filter(|finding| finding.judgement != Judgement::Pass).collect();
    let page = Page {
        sign: match report.verdict.outcome {
            Outcome::Pass => "✅",
            Outcome::Fail => "❌",
            Outcome::Inconclusive => "❔",
            Outcome::Aborted => "⏹️",
            Outcome::LeftBehind => "⚠️",
        },
        outcome: report.verdict.outcome,
        name: plain(&report.name),
        summary: plain(&wording::summary(report)),
        tally: wording::tally(&report.verdict),
        more_why: bad.len().saturating_sub(WHY),
        why: bad.into_iter().take(WHY).map(Row::of).collect(),
        more: findings.len().saturating_sub(ROWS),
        rows: findings.into_iter().take(ROWS).map(Row::of).collect(),
        command: plain(&report.origin.command),
        version: &report.origin.version,
    };
    Ok(page.render()?)
}

impl Row {
    fn of(finding: &Finding) -> Self {
        Self {
            sign: match finding.judgement {
                Judgement::Pass => "✅",
                Judgement::Fail => "❌",
                Judgement::Inconclusive => "❔",
            },
            judgement: finding.judgement,
            claim: plain(&finding.claim),
            measured: plain(&finding.measured),
            evidence: plain(&finding.evidence),
        }
    }
}

/// Text that markdown leaves as it is: on one line, without HTML, tables, links,
/// mentions or emphasis.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for (place, c) in text.chars().enumerate() {
        match c {
            _ if place == CELL => {
                out.push('…');
                break;
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
