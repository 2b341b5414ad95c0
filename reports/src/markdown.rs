//! The report for a comment on a pull request.

use askama::Template;

use crate::stated::Stated;
use crate::verdict::{Finding, Judgement};
use crate::{RenderError, Report, summary};

// The most rows: more than people read, and few enough for a comment on a pull request.
const ROWS: usize = 60;
/// The most reasons above the table.
const WHY: usize = 3;
/// The longest cell, in characters.
const CELL: usize = 400;

#[derive(Template)]
#[template(path = "report.md", escape = "none")]
struct MarkdownPage<'a> {
    sign: &'static str,
    outcome: String,
    name: String,
    summary: String,
    tally: String,
    /// The first few checks that did not pass.
    why: Vec<MarkdownRow>,
    more_why: usize,
    rows: Vec<MarkdownRow>,
    more: usize,
    command: String,
    version: &'a str,
}

struct MarkdownRow {
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
    let findings = summary::worst_first(&report.verdict);
    let bad: Vec<&Finding> =
        findings.iter().copied().filter(|finding| finding.judgement != Judgement::Pass).collect();
    let stated = Stated::of(report);
    let page = MarkdownPage {
        sign: stated.sign(),
        outcome: match report.planned_failure {
            None => report.verdict.outcome.to_string(),
            Some(_) => stated.word.to_lowercase(),
        },
        name: plain(&report.name),
        summary: plain(&summary::summary(report)),
        tally: summary::tally(&report.verdict),
        more_why: bad.len().saturating_sub(WHY),
        why: bad.into_iter().take(WHY).map(MarkdownRow::of).collect(),
        more: findings.len().saturating_sub(ROWS),
        rows: findings.into_iter().take(ROWS).map(MarkdownRow::of).collect(),
        command: plain(&report.origin.command),
        version: &report.origin.version,
    };
    Ok(page.render()?)
}

impl MarkdownRow {
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

// Text that markdown leaves as it is: on one line, without HTML, tables, links,
// mentions or emphasis.
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
