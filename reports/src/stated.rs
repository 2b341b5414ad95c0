//! What a run's outcome is called. One in which something was broken on purpose is good when it
//! fails as it must.

use crate::{Outcome, Proving, Report};

/// A run's outcome for people: its word, and the class of its colour and sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// The word, such as `Passed`.
    pub word: &'static str,
    /// `pass`, `fail`, `open`, `aborted` or `left`.
    pub class: &'static str,
}

impl Stated {
    /// Of a report.
    pub fn of(report: &Report) -> Self {
        let outcome = report.verdict.outcome;
        match (outcome, report.proving()) {
            (Outcome::Aborted | Outcome::LeftBehind, _) | (_, None) => Self::outcome(outcome),
            (_, Some(Proving::Proven)) => Self { word: "Proven", class: "pass" },
            (_, Some(Proving::NotProven(_))) => Self { word: "Not proven", class: "fail" },
        }
    }

    fn outcome(outcome: Outcome) -> Self {
        let (word, class) = match outcome {
            Outcome::Pass => ("Passed", "pass"),
            Outcome::Fail => ("Failed", "fail"),
            Outcome::Inconclusive => ("Inconclusive", "open"),
            Outcome::Aborted => ("Aborted", "aborted"),
            Outcome::LeftBehind => ("Left something behind", "left"),
        };
        Self { word, class }
    }

    /// A sign for where colours do not show.
    pub fn sign(self) -> &'static str {
        match self.class {
            "pass" => "✅",
            "fail" => "❌",
            "open" => "❔",
            "aborted" => "⏹️",
            _ => "⚠️",
        }
    }
}

/// Why a run in which something was broken on purpose is good, or is not; `None` for others.
pub fn proof_sentence(report: &Report) -> Option<String> {
    let planned = report.planned_failure.as_ref()?;
    let fails = planned.fails.join(", ");
    Some(match report.proving()? {
        Proving::Proven => {
            format!("Broken on purpose ({}): {fails} failed as it must.", planned.how)
        }
        Proving::NotProven(why) => {
            format!("Broken on purpose ({}), and {fails} should have failed: {why}", planned.how)
        }
    })
}
