//! A fault between two services as the control protocol writes it.

use std::num::NonZeroU64;
use std::time::Duration;

use brunt_scenarios::plan::{
    AbortStatus, ByteScope, Delay, EdgeDirection, EdgeFault, JitterDistribution, Pick,
};
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
        delay: WireDelay,
        /// Whose replies are delayed, as a scenario writes it: `one`, `all`, a number, a share.
        pick: String,
        scope: WireScope,
    },
    Abort {
        status: u16,
        share: f64,
    },
    AbortCall {
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
        bytes_per_second: NonZeroU64,
        scope: WireScope,
    },
    HalfOpen,
    Duplicate {
        share: f64,
    },
    SlowClose {
        delay: DelayBounds,
        scope: WireScope,
    },
    LimitData {
        bytes: u64,
        scope: WireScope,
    },
    Slice {
        size: NonZeroU64,
        variation: u64,
        delay: DelayBounds,
        scope: WireScope,
    },
    Corrupt {
        rate: f64,
        scope: WireScope,
    },
}

/// Which bytes a fault hits: their direction, and the share of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WireScope(EdgeDirection, f64);

/// A delay that varies; times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WireDelay {
    /// Evenly between two bounds.
    Between(DelayBounds),
    /// A mean, a jitter, and how the values lie.
    Around(u64, u64, JitterDistribution),
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
        Self(micros(spread.from.0), micros(spread.to.0))
    }
}

impl From<DelayBounds> for Spread {
    fn from(bounds: DelayBounds) -> Self {
        let period = |micros| Period(Duration::from_micros(micros));
        Self { from: period(bounds.0), to: period(bounds.1) }
    }
}

impl From<ByteScope> for WireScope {
    fn from(scope: ByteScope) -> Self {
        Self(scope.direction, scope.share)
    }
}

impl From<WireScope> for ByteScope {
    fn from(WireScope(direction, share): WireScope) -> Self {
        Self { direction, share }
    }
}

impl From<Delay> for WireDelay {
    fn from(delay: Delay) -> Self {
        match delay {
            Delay::Between(spread) => Self::Between(spread.into()),
            Delay::Around { mean, jitter, distribution } => {
                Self::Around(micros(mean), micros(jitter), distribution)
            }
        }
    }
}

impl From<WireDelay> for Delay {
    fn from(delay: WireDelay) -> Self {
        match delay {
            WireDelay::Between(bounds) => Self::Between(bounds.into()),
            WireDelay::Around(mean, jitter, distribution) => Self::Around {
                mean: Duration::from_micros(mean),
                jitter: Duration::from_micros(jitter),
                distribution,
            },
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl From<EdgeFault> for WireFault {
    fn from(fault: EdgeFault) -> Self {
        match fault {
            EdgeFault::Latency { delay, pick, scope } => {
                Self::Latency { delay: delay.into(), pick: as_text(pick), scope: scope.into() }
            }
            EdgeFault::Abort { status: AbortStatus::Http(status), share } => {
                Self::Abort { status, share }
            }
            EdgeFault::Abort { status: AbortStatus::Grpc(status), share } => {
                Self::AbortCall { status, share }
            }
            EdgeFault::Cut => Self::Cut,
            EdgeFault::Refuse => Self::Refuse,
            EdgeFault::LostReply { share } => Self::LostReply { share },
            EdgeFault::SlowReply(delay) => Self::SlowReply { delay: delay.into() },
            EdgeFault::Bandwidth { bytes_per_second, scope } => {
                Self::Bandwidth { bytes_per_second, scope: scope.into() }
            }
            EdgeFault::HalfOpen => Self::HalfOpen,
            EdgeFault::Duplicate { share } => Self::Duplicate { share },
            EdgeFault::SlowClose { delay, scope } => {
                Self::SlowClose { delay: delay.into(), scope: scope.into() }
            }
            EdgeFault::LimitData { bytes, scope } => Self::LimitData { bytes, scope: scope.into() },
            EdgeFault::Slice { size, variation, delay, scope } => {
                Self::Slice { size, variation, delay: delay.into(), scope: scope.into() }
            }
            EdgeFault::Corrupt { rate, scope } => Self::Corrupt { rate, scope: scope.into() },
        }
    }
}

impl TryFrom<WireFault> for EdgeFault {
    type Error = FaultWireError;

    fn try_from(fault: WireFault) -> Result<Self, FaultWireError> {
        Ok(match fault {
            WireFault::Latency { delay, pick, scope } => {
                let parsed = pick.parse::<Pick>();
                let pick = parsed.map_err(|source| FaultWireError { pick, source })?;
                Self::Latency { delay: delay.into(), pick, scope: scope.into() }
            }
            WireFault::Abort { status, share } => {
                Self::Abort { status: AbortStatus::Http(status), share }
            }
            WireFault::AbortCall { status, share } => {
                Self::Abort { status: AbortStatus::Grpc(status), share }
            }
            WireFault::Cut => Self::Cut,
            WireFault::Refuse => Self::Refuse,
            WireFault::LostReply { share } => Self::LostReply { share },
            WireFault::SlowReply { delay } => Self::SlowReply(delay.into()),
            WireFault::Bandwidth { bytes_per_second, scope } => {
                Self::Bandwidth { bytes_per_second, scope: scope.into() }
            }
            WireFault::HalfOpen => Self::HalfOpen,
            WireFault::Duplicate { share } => Self::Duplicate { share },
            WireFault::SlowClose { delay, scope } => {
                Self::SlowClose { delay: delay.into(), scope: scope.into() }
            }
            WireFault::LimitData { bytes, scope } => Self::LimitData { bytes, scope: scope.into() },
            WireFault::Slice { size, variation, delay, scope } => {
                Self::Slice { size, variation, delay: delay.into(), scope: scope.into() }
            }
            WireFault::Corrupt { rate, scope } => Self::Corrupt { rate, scope: scope.into() },
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
        let scopes = [EdgeDirection::Request, EdgeDirection::Reply, EdgeDirection::Both]
            .map(|direction| ByteScope { direction, share: 0.5 });
        let size = NonZeroU64::MAX;
        let of_bytes = scopes.into_iter().flat_map(|scope| {
            [
                EdgeFault::Bandwidth { bytes_per_second: size, scope },
                EdgeFault::SlowClose { delay, scope },
                EdgeFault::LimitData { bytes: 7, scope },
                EdgeFault::Slice { size, variation: 3, delay, scope },
                EdgeFault::Corrupt { rate: 0.125, scope },
            ]
        });
        let scope = ByteScope::default();
        let (mean, jitter) = (Duration::from_millis(5), Duration::from_micros(7));
        let around =
            [JitterDistribution::Uniform, JitterDistribution::Normal, JitterDistribution::Pareto]
                .map(|distribution| Delay::Around { mean, jitter, distribution })
                .map(|delay| EdgeFault::Latency { delay, pick: Pick::All, scope });
        let latencies = picks.map(|pick| EdgeFault::Latency { delay: delay.into(), pick, scope });
        let others = [
            EdgeFault::Abort { status: AbortStatus::Http(503), share: 0.3 },
            EdgeFault::Abort { status: AbortStatus::Grpc(14), share: 0.3 },
            EdgeFault::Cut,
            EdgeFault::Refuse,
            EdgeFault::LostReply { share: 0.25 },
            EdgeFault::SlowReply(delay),
            EdgeFault::HalfOpen,
            EdgeFault::Duplicate { share: 1.0 },
        ];
        for fault in latencies.into_iter().chain(around).chain(of_bytes).chain(others) {
            let line = serde_json::to_string(&WireFault::from(fault)).unwrap();
            let read: WireFault = serde_json::from_str(&line).unwrap();
            assert_eq!(EdgeFault::try_from(read), Ok(fault), "{line}");
        }
    }

    #[test]
    fn a_pick_that_cannot_be_read_is_an_error() {
        let line = r#"{"latency":{"delay":{"between":[1,2]},"pick":"some","scope":["reply",1.0]}}"#;
        let read: WireFault = serde_json::from_str(line).unwrap();
        let error = EdgeFault::try_from(read).unwrap_err();
        assert!(error.to_string().starts_with("`some` picks no replicas: "), "{error}");
    }
}
