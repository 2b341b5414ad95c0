//! A fault between two services as the control protocol writes it.

use std::num::NonZeroU64;

use brunt_scenarios::plan::{EdgeDirection, EdgeFault, Pick};
use brunt_scenarios::scenario::InvalidPick;
use brunt_scenarios::units::{Period, Spread};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A fault between two services, as plain values. [`EdgeFault`] documents what each does; shares go
/// from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "each is the fault of the plan that has the same name")]
pub enum WireFault {
    Latency {
        delay: DelayBounds,
        /// Whose replies are delayed, as a scenario writes it: `one`, `all`, a number, a share.
        pick: String,
    },
    Abort {
        status: u16,
        share: f64,
    },
    Cut,
    Refuse,
    LostReply {
        share: f64,
    },
    SlowReply {
        delay: DelayBounds,
    },
    Bandwidth {
        direction: EdgeDirection,
        bytes_per_second: NonZeroU64,
    },
    HalfOpen,
    Duplicate {
        share: f64,
    },
}

/// The shortest and the longest delay, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelayBounds(u64, u64);

/// A fault was written in a way that this version does not read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{pick}` picks no replicas: {source}")]
pub struct FaultWireError {
    pick: String,
    source: InvalidPick,
}

impl From<Spread> for DelayBounds {
    fn from(spread: Spread) -> Self {
        let micros = |period: Period| u64::try_from(period.0.as_micros()).unwrap_or(u64::MAX);
        Self(micros(spread.from), micros(spread.to))
    }
}

impl From<DelayBounds> for Spread {
    fn from(bounds: DelayBounds) -> Self {
        let period = |micros| Period(std::time::Duration::from_micros(micros));
        Self { from: period(bounds.0), to: period(bounds.1) }
    }
}

impl From<EdgeFault> for WireFault {
    fn from(fault: EdgeFault) -> Self {
        match fault {
            EdgeFault::Latency { delay, pick } => {
                Self::Latency { delay: delay.into(), pick: as_text(pick) }
            }
            EdgeFault::Abort { status, share } => Self::Abort { status, share },
            EdgeFault::Cut => Self::Cut,
            EdgeFault::Refuse => Self::Refuse,
            EdgeFault::LostReply { share } => Self::LostReply { share },
            EdgeFault::SlowReply(delay) => Self::SlowReply { delay: delay.into() },
            EdgeFault::Bandwidth { direction, bytes_per_second } => {
                Self::Bandwidth { direction, bytes_per_second }
            }
            EdgeFault::HalfOpen => Self::HalfOpen,
            EdgeFault::Duplicate { share } => Self::Duplicate { share },
        }
    }
}

impl TryFrom<WireFault> for EdgeFault {
    type Error = FaultWireError;

    fn try_from(fault: WireFault) -> Result<Self, FaultWireError> {
        Ok(match fault {
            WireFault::Latency { delay, pick } => {
                let parsed = pick.parse::<Pick>();
                let pick = parsed.map_err(|source| FaultWireError { pick, source })?;
                Self::Latency { delay: delay.into(), pick }
            }
            WireFault::Abort { status, share } => Self::Abort { status, share },
            WireFault::Cut => Self::Cut,
            WireFault::Refuse => Self::Refuse,
            WireFault::LostReply { share } => Self::LostReply { share },
            WireFault::SlowReply { delay } => Self::SlowReply(delay.into()),
            WireFault::Bandwidth { direction, bytes_per_second } => {
                Self::Bandwidth { direction, bytes_per_second }
            }
            WireFault::HalfOpen => Self::HalfOpen,
            WireFault::Duplicate { share } => Self::Duplicate { share },
        })
    }
}

/// As a scenario writes it.
fn as_text(pick: Pick) -> String {
    match pick {
        Pick::One => "one".to_owned(),
        Pick::Number(number) => number.to_string(),
        Pick::Share(share) => share.to_string(),
        Pick::All => "all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_fault_is_read_as_it_was_written() {
        let delay: Spread = "1500us..2s".parse().unwrap();
        let picks = [Pick::One, Pick::Number(2), Pick::Share("50%".parse().unwrap()), Pick::All];
        let bandwidths = [EdgeDirection::Request, EdgeDirection::Reply]
            .map(|direction| EdgeFault::Bandwidth { direction, bytes_per_second: NonZeroU64::MAX });
        let latencies = picks.map(|pick| EdgeFault::Latency { delay, pick });
        let others = [
            EdgeFault::Abort { status: 503, share: 0.3 },
            EdgeFault::Cut,
            EdgeFault::Refuse,
            EdgeFault::LostReply { share: 0.25 },
            EdgeFault::SlowReply(delay),
            EdgeFault::HalfOpen,
            EdgeFault::Duplicate { share: 1.0 },
        ];
        for fault in latencies.into_iter().chain(bandwidths).chain(others) {
            let line = serde_json::to_string(&WireFault::from(fault)).unwrap();
            let read: WireFault = serde_json::from_str(&line).unwrap();
            assert_eq!(EdgeFault::try_from(read), Ok(fault), "{line}");
        }
    }

    #[test]
    fn a_pick_that_cannot_be_read_is_an_error() {
        let line = r#"{"latency":{"delay":[1,2],"pick":"some"}}"#;
        let read: WireFault = serde_json::from_str(line).unwrap();
        let error = EdgeFault::try_from(read).unwrap_err();
        assert!(error.to_string().starts_with("`some` picks no replicas: "), "{error}");
    }
}
