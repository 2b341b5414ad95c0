//! A run in a line, and its findings in the order in which each report shows them.

use crate::format::{counted, moment, totals};
use crate::{Finding, Judgement, Report, Verdict};

/// What was done, in a line: the system, the requests, the faults, the time.
pub fn summary(report: &Report) -> String {
    let requests: u64 = report.timeline.loads.iter().map(|load| totals(load).1).sum();
    let faults = report.timeline.faults.len() as u64;
    format!(
        "{} · {} · {} · {}",
        report.system,
        counted(requests, "request"),
        counted(faults, "fault"),
        moment(report.timeline.ended.0.max(0.0)),
    )
}

/// How many claims hold, do not, or are open, in a sentence.
pub fn tally(verdict: &Verdict) -> String {
    let of = |judgement| verdict.count(judgement);
    let (pass, fail, open) =
        (of(Judgement::Pass), of(Judgement::Fail), of(Judgement::Inconclusive));
    let all = verdict.findings.len();
    if all == 0 {
        return "Nothing was judged.".to_owned();
    }
    let mut words = vec![format!("{pass} of {all} hold")];
    if fail > 0 {
        words.push(format!("{fail} failed"));
    }
    if open > 0 {
        words.push(format!("{open} inconclusive"));
    }
    words.join(", ") + "."
}

/// What does not hold first, then what is open, then what holds; each in the plan's order.
pub fn worst_first(verdict: &Verdict) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| match finding.judgement {
        Judgement::Fail => 0,
        Judgement::Inconclusive => 1,
        Judgement::Pass => 2,
    });
    findings
}

/// What holds first, then what is open, then what does not hold; each in the plan's order.
pub fn worst_last(verdict: &Verdict) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| match finding.judgement {
        Judgement::Pass => 0,
        Judgement::Inconclusive => 1,
        Judgement::Fail => 2,
    });
    findings
}
