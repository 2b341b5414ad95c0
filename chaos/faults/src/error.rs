//! Why a fault could not be applied or undone.

use brunt_scenarios::units::Percent;
use thiserror::Error;

/// A fault could not be applied or undone.
#[derive(Debug, Error)]
pub enum FaultError {
    /// It would take away too many replicas at once.
    #[error(
        "it would take away {takes} of the {wanted} replicas of {service} while {away} are away already; maxUnavailable is {limit}"
    )]
    TooMuch {
        /// The service.
        service: String,
        /// How many ready replicas it would take away.
        takes: u32,
        /// How many there should be.
        wanted: u32,
        /// How many of them are not ready anyhow.
        away: u32,
        /// The limit.
        limit: Percent,
    },
    /// There is nothing that it could do something to.
    #[error("no replica of {service} runs, so there is nothing to hit")]
    NothingToHit {
        /// The service, or several.
        service: String,
    },
    /// Somebody else changed what it had changed; that was not overwritten.
    #[error(
        "{service} was scaled from {set} to {found} replicas by somebody else meanwhile; left as it is"
    )]
    Drift {
        /// The service.
        service: String,
        /// What the fault had set.
        set: u32,
        /// What was found.
        found: u32,
    },
    /// The target cannot do it.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl FaultError {
    /// Whether it is about what somebody else has changed, which nobody will put back.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        matches!(self, Self::Drift { .. } | Self::Target(TargetError::Drift(_)))
    }
}

/// A target could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
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
        /// The service.
        service: String,
        /// The replica.
        replica: u32,
    },
    /// One service does not call the other, or not through a proxy.
    #[error("{from} does not call {to}")]
    NoEdge {
        /// The caller.
        from: String,
        /// The callee.
        to: String,
    },
    /// A replica did not take a request.
    #[error("replica {replica} of {service}: {why}")]
    Unanswered {
        /// The service.
        service: String,
        /// The replica.
        replica: u32,
        /// What came instead.
        why: String,
    },
    /// It cannot do such a thing at all.
    #[error("{what} is not possible on this target: {instead}")]
    NotHere {
        /// What was asked.
        what: String,
        /// What can be done about it.
        instead: String,
    },
    /// The platform refused, or did not answer.
    #[error("{0}")]
    Platform(String),
    /// Somebody else changed what a fault had changed; that was not overwritten.
    #[error("somebody else changed {0}")]
    Drift(String),
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
}
