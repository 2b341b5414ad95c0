//! Why a fault could not be injected or undone.

use std::error::Error;

use brunt_scenarios::units::Percent;
use thiserror::Error;

/// A fault could not be injected or undone.
#[derive(Debug, Error)]
pub enum FaultError {
    /// It would take away too many replicas at once.
    #[error(
        "it would take away {takes} of the {wanted} replicas of {service} while {away} are away \
         already; maxUnavailable is {limit}"
    )]
    ExceedsLimit {
        /// The service that would lose replicas.
        service: String,
        /// How many ready replicas it would take away.
        takes: u32,
        /// How many there should be.
        wanted: u32,
        /// How many of them are missing or not ready before the fault.
        away: u32,
        /// The scenario's `maxUnavailable`.
        limit: Percent,
    },
    /// Nothing runs that the fault could hit.
    #[error("no replica of {service} runs, so there is nothing to hit")]
    NothingToHit {
        /// The service, or several, separated by commas; or the nodes that are meant.
        service: String,
    },
    /// Somebody else changed what it had changed; that was not overwritten.
    #[error(
        "{service} was scaled from {set} to {found} replicas by somebody else meanwhile; left as \
         it is"
    )]
    Drift {
        /// The service that was scaled.
        service: String,
        /// How many replicas the fault had set.
        set: u32,
        /// How many replicas are wanted now.
        found: u32,
    },
    /// The target cannot do it.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl FaultError {
    /// Whether the fault has ended before its time: by another party, or by what it did itself.
    #[must_use]
    pub fn has_ended_early(&self) -> bool {
        matches!(self, Self::Target(TargetError::EndedEarly(_)))
    }

    /// Whether another party has changed what the fault had changed; that is never restored.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        matches!(self, Self::Drift { .. } | Self::Target(TargetError::Drift(_)))
    }
}

/// A target could not do what a fault demands.
#[derive(Debug, Error)]
pub enum TargetError {
    /// It has no such service.
    #[error("there is no service {0}")]
    NoService(String),
    /// The service was not started by brunt.
    #[error("{0} was not started by brunt, which therefore does not break it")]
    NotOurs(String),
    /// Nothing decides how many replicas the service has.
    #[error("{0} has no autoscaler")]
    NoAutoscaler(String),
    /// The replica has gone.
    #[error("replica {replica} of {service} has gone")]
    Gone {
        /// The service that the replica belonged to.
        service: String,
        /// The number that the replica had.
        replica: u32,
    },
    /// A service that was stopped has a process that does not end.
    #[error("{0} was stopped, and a process of it still runs")]
    StillRunning(String),
    /// One service does not call the other, or not through a proxy.
    #[error("{from} does not call {to}")]
    NoEdge {
        /// The service that should be the caller.
        from: String,
        /// The service that should be called.
        to: String,
    },
    /// A replica did not answer a request, or not as it should have.
    #[error("replica {replica} of {service}")]
    Unanswered {
        /// The service that the replica belongs to.
        service: String,
        /// The number of the replica.
        replica: u32,
        /// What came instead of an answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It cannot do such a thing at all.
    #[error("{what} is not possible on this target: {instead}")]
    NotHere {
        /// The fault, or the part of it that is not possible.
        what: String,
        /// What can be done about it.
        instead: String,
    },
    /// The platform refused, or did not answer.
    #[error(transparent)]
    Platform(Box<dyn Error + Send + Sync>),
    /// Replicas stayed where a fault should have taken them away, for all of its length.
    #[error("not all of it happened: {0}")]
    Kept(String),
    /// Somebody else changed what a fault had changed; that was not overwritten.
    #[error("somebody else changed {0}")]
    Drift(String),
    /// What a fault had changed was taken back by somebody else, or what it had started has ended,
    /// before its time.
    #[error("it ended before its time: {0}")]
    EndedEarly(String),
}

impl TargetError {
    /// What this target cannot do, and a cluster can.
    #[must_use]
    pub fn on_kubernetes(what: &str) -> Self {
        Self::NotHere {
            what: format!("`{what}`"),
            instead: "run the scenario by --on kubernetes".to_owned(),
        }
    }

    /// The platform refused, or did not answer, because of this error; a text is one, too.
    #[must_use]
    pub fn platform(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Platform(error.into())
    }

    /// This came instead of a replica's answer.
    #[must_use]
    pub fn unanswered(
        service: &str,
        replica: u32,
        instead: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Unanswered { service: service.to_owned(), replica, source: instead.into() }
    }
}

/// An error and its sources as one line, for places where a text is all there is. Many errors quote
/// their innermost source, which is what a user can act on; once it is in the line, the sources in
/// between would only say it again.
#[must_use]
pub fn with_causes(error: &dyn Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    let mut line = error.to_string();
    let Some(innermost) = causes.last() else { return line };
    for cause in &causes {
        if line.contains(innermost) {
            break;
        }
        line = format!("{line}: {cause}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    fn chain(texts: &[&'static str]) -> Link {
        let [text, rest @ ..] = texts else { unreachable!() };
        let source = (!rest.is_empty()).then(|| Box::new(chain(rest)));
        Link { text, source }
    }

    #[test]
    fn sources_of_an_error_that_quotes_the_innermost_are_left_out() {
        let line = |texts: &[&'static str]| with_causes(&chain(texts));
        assert_eq!(line(&["cannot start", "no port", "in use"]), "cannot start: no port: in use");
        assert_eq!(
            line(&["no answer (refused)", "client error", "refused"]),
            "no answer (refused)"
        );
        assert_eq!(line(&["alone"]), "alone");
    }
}
