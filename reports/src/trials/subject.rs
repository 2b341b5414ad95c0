//! What findings of several runs are about.

use brunt_scenarios::plan::CheckId;

use crate::Report;
use crate::verdict::Finding;

/// What findings of several runs are about: the same part of one check, or, where no check is
/// behind them, the same name and claim.
pub struct Subject {
    /// The finding of the first run that has one.
    pub first: Finding,
    /// Which one it is among those of its run that are about the same, from 0.
    turn: usize,
}

impl Subject {
    /// Whether it is this part of that check.
    pub fn is(&self, check: CheckId, name: &str) -> bool {
        self.first.check == Some(check) && self.first.name == name
    }

    /// The finding about it in another run.
    pub fn finding_in<'r>(&self, report: &'r Report) -> Option<&'r Finding> {
        let all = report.verdict.findings.iter();
        all.filter(|finding| same(finding, &self.first)).nth(self.turn)
    }
}

/// All that any run has a finding about, in order.
pub fn subjects(reports: &[Report]) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = vec![];
    for report in reports {
        let findings = &report.verdict.findings;
        for (index, finding) in findings.iter().enumerate() {
            let turn = findings[..index].iter().filter(|other| same(other, finding)).count();
            let known = |one: &Subject| one.turn == turn && same(&one.first, finding);
            if !subjects.iter().any(known) {
                subjects.push(Subject { first: finding.clone(), turn });
            }
        }
    }
    subjects
}

// The sentence of a check may differ from run to run: values that a run has saved are in it. Only
// findings without a check have nothing but their sentence.
fn same(one: &Finding, other: &Finding) -> bool {
    let same_check = match (one.check, other.check) {
        (None, None) => one.claim == other.claim,
        (one, other) => one == other,
    };
    same_check && one.name == other.name
}
