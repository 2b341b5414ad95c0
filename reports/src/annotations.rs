//! What does not hold, as workflow commands that GitHub shows beside the scenario's file.

use crate::verdict::{Finding, Judgement};
use crate::{Report, wording};

/// GitHub shows ten of a kind for a step; what else there is stands in the summary.
const MOST: usize = 10;

/// A line for each claim that does not hold or is not shown: `::error file=…,title=…::…`. Empty
/// when all hold.
pub fn annotations(report: &Report) -> String {
    let findings = wording::worst_first(&report.verdict);
    let bad =
        findings.into_iter().filter(|finding| finding.judgement != Judgement::Pass).take(MOST);
    bad.map(|finding| line(report, finding)).collect()
}

fn line(report: &Report, finding: &Finding) -> String {
    let level = if finding.judgement == Judgement::Fail { "error" } else { "warning" };
    let title = property(&format!("{}: {}", report.name, finding.claim));
    let said = data(&format!("{}. {}", finding.measured, finding.evidence));
    format!("::{level} file={},title={title}::{said}\n", property(&report.origin.file))
}

/// As a workflow command's data is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As a workflow command's property is escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
