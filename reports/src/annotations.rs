//! Checks that do not pass, as workflow commands that GitHub shows beside the scenario's file.

use brunt_scenarios::plain_text::printable;

use crate::verdict::{Finding, Judgement};
use crate::{Report, summary};

// GitHub shows ten annotations of a kind for a step; the rest is in the step's summary.
const MOST: usize = 10;

/// A line for each check that failed or is inconclusive: `::error file=…,title=…::…`. Empty
/// if all passed.
pub fn annotations(report: &Report) -> String {
    let findings = summary::worst_first(&report.verdict);
    let bad =
        findings.into_iter().filter(|finding| finding.judgement != Judgement::Pass).take(MOST);
    bad.map(|finding| line(report, finding)).collect()
}

fn line(report: &Report, finding: &Finding) -> String {
    let level = if finding.judgement == Judgement::Fail { "error" } else { "warning" };
    let title = property(&format!("{}: {}", report.name, finding.claim));
    let message = data(&format!("{}. {}", finding.measured, finding.evidence));
    format!("::{level} file={},title={title}::{message}\n", property(&report.origin.file))
}

/// Escapes the data of a workflow command.
fn data(text: &str) -> String {
    printable(text).replace('%', "%25")
}

// Escapes a property of a workflow command, where `:` and `,` end the value.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
