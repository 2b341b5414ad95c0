//! How `brunt` ends: the codes that a CI gate reads.

use std::process::ExitCode;

use brunt_reports::{Judgement, Outcome};
use brunt_scenarios::Diagnostic;

/// How a command ended, by meaning. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All that must hold holds.
    Pass,
    /// Something that must hold does not.
    Fail,
    /// The scenario, the system file or the command line is wrong, or cannot be carried out here.
    Wrong,
    /// Not enough was seen to say.
    Inconclusive,
    /// Stopped early, by a stop condition or a signal.
    Aborted,
    /// Something could not be put back.
    LeftBehind,
}

impl Exit {
    /// The worse of two ends: nothing is as bad as what stays behind; a failure outweighs a doubt.
    pub fn worse(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Pass => 0,
            Self::Inconclusive => 1,
            Self::Fail => 2,
            Self::Aborted => 3,
            Self::Wrong => 4,
            Self::LeftBehind => 5,
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

/// Several things that are wrong with a file.
#[derive(Debug)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|diagnostic| write!(out, "{diagnostic}"))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Box<Diagnostic>> for Diagnostics {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self(vec![*diagnostic])
    }
}

/// Says on stderr what went wrong. What goes wrong outside of a verdict is a matter of the command,
/// its files or the place where it runs.
pub fn explain(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Diagnostics>() {
        Some(diagnostics) => eprint!("{diagnostics}"),
        None => eprintln!("brunt: {error:#}"),
    }
    Exit::Wrong.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_published_ones() {
        use Outcome::{Aborted, Fail, Inconclusive, LeftBehind, Pass};
        let outcomes = [Pass, Fail, Inconclusive, Aborted, LeftBehind];
        assert_eq!(outcomes.map(|outcome| Exit::from(outcome) as u8), [0, 1, 3, 4, 5]);
        assert_eq!(Exit::Wrong as u8, 2);
    }
}
