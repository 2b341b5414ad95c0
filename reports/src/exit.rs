//! How a command ends: the codes that a CI gate reads.

use std::process::ExitCode;

use crate::{Judgement, Outcome};

/// How a command ended. The numbers are part of the interface: `brunt --help` lists them, and
/// scripts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All expectations hold.
    Pass = 0,
    /// An expectation does not hold.
    Fail = 1,
    /// The scenario, the system file or the command line is wrong, or cannot be carried out here.
    Invalid = 2,
    /// Too little was measured to say whether the expectations hold.
    Inconclusive = 3,
    /// A stop condition or a signal ended the command early.
    Aborted = 4,
    /// A change to the system could not be restored.
    LeftBehind = 5,
    /// A second signal ended the command at once, before it could clean up, restore or report. By
    /// the shells' convention: 128 + SIGINT.
    Interrupted = 130,
}

impl Exit {
    /// The worse of two ends, for a command that runs several scenarios. A change that stays behind
    /// outranks everything, and a failure outranks a doubt.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        // Not the order of the codes: an invalid scenario outranks a failed one, as it did not run
        // at all.
        let rank = |exit: Self| match exit {
            Self::Pass => 0,
            Self::Inconclusive => 1,
            Self::Fail => 2,
            Self::Aborted => 3,
            Self::Invalid => 4,
            Self::LeftBehind => 5,
            // Nobody sees what it would have found.
            Self::Interrupted => 6,
        };
        if rank(self) >= rank(other) { self } else { other }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::Inconclusive => Self::Inconclusive,
            Outcome::Aborted => Self::Aborted,
            Outcome::LeftBehind => Self::LeftBehind,
        }
    }
}

impl From<Judgement> for Exit {
    fn from(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Pass => Self::Pass,
            Judgement::Fail => Self::Fail,
            Judgement::Inconclusive => Self::Inconclusive,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_published_exit_code() {
        use Outcome::{Aborted, Fail, Inconclusive, LeftBehind, Pass};
        let outcomes = [Pass, Fail, Inconclusive, Aborted, LeftBehind];
        assert_eq!(outcomes.map(|outcome| Exit::from(outcome) as u8), [0, 1, 3, 4, 5]);
        assert_eq!(Exit::Invalid as u8, 2);
    }
}
