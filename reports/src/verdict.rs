//! What a run showed.

use std::fmt;

use brunt_scenarios::plan::CheckId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a run showed: its outcome, and each finding with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The outcome of the run as a whole.
    pub outcome: Outcome,
    /// What was looked at, in the plan's order.
    pub findings: Vec<Finding>,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// All that was claimed holds.
    Pass,
    /// Something that was claimed does not hold.
    Fail,
    /// The run does not say whether all that was claimed holds.
    Inconclusive,
    /// A stop condition or a signal ended the run.
    Aborted,
    /// Something could not be put back.
    LeftBehind,
}

/// What was found about one claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check of the plan that it is about; `None` for what is looked at in every run, such as
    /// steps and faults, and in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckId>,
    /// What proofs refer to: `availability`, `latency.p99`, `ledger.lost`, …
    pub name: String,
    /// What is claimed, in words.
    pub claim: String,
    /// Whether it holds.
    pub judgement: Judgement,
    /// The figure that was measured, with its unit.
    pub measured: String,
    /// A sentence or two with the figures that it rests on.
    pub evidence: String,
}

/// Whether one claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Judgement {
    /// What is claimed holds.
    Pass,
    /// It does not.
    Fail,
    /// The data do not say.
    Inconclusive,
}

/// What was broken on purpose in a run, so that its checks had to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFailure {
    /// The name of the scenario as it is.
    pub of: String,
    /// What was broken, such as `without readinessProbe of order`.
    pub how: String,
    /// The names of the checks that must fail.
    pub fails: Vec<String>,
}

/// Whether a run failed for the reasons that it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proving {
    /// Every named check failed.
    Proven,
    /// Not every one did: why, in words.
    NotProven(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pass => "passed",
            Self::Fail => "failed",
            Self::Inconclusive => "inconclusive",
            Self::Aborted => "aborted",
            Self::LeftBehind => "left something behind",
        })
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        })
    }
}

impl Finding {
    /// Whether a name in a proof means this finding: `ledger` means `ledger` and `ledger.lost`.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let rest = self.name.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl Verdict {
    /// How many findings there are of a kind.
    pub fn count(&self, judgement: Judgement) -> usize {
        let these = self.findings.iter().filter(|finding| finding.judgement == judgement);
        these.count()
    }

    /// Whether every named check failed. A name stands for all findings that begin with it, and one
    /// failed one of them is enough; an inconclusive one is not.
    pub fn fails_as(&self, names: &[String]) -> Proving {
        if names.is_empty() {
            return Proving::NotProven("no check is named that must fail".to_owned());
        }
        match names.iter().find_map(|name| self.objection(name)) {
            Some(why) => Proving::NotProven(why),
            // Checks of a run that is not valid as a whole say nothing.
            None if self.outcome != Outcome::Fail => {
                Proving::NotProven(format!("the run itself is {}", self.outcome))
            }
            None => Proving::Proven,
        }
    }

    /// Why a check did not fail, if it did not.
    fn objection(&self, name: &str) -> Option<String> {
        let called = || self.findings.iter().filter(|finding| finding.is_called(name));
        if called().any(|finding| finding.judgement == Judgement::Fail) {
            return None;
        }
        let several = called().nth(1).is_some();
        let about = |finding: &Finding| match several {
            true => format!("{}. {}", finding.claim, finding.evidence),
            false => finding.evidence.clone(),
        };
        let inconclusive = called().find(|finding| finding.judgement == Judgement::Inconclusive);
        Some(match (inconclusive, called().next()) {
            (Some(finding), _) => format!("{name} is inconclusive: {}", about(finding)),
            (None, Some(finding)) => format!("{name} holds all the same: {}", about(finding)),
            (None, None) => format!("{name} was not judged"),
        })
    }
}
