//! A fault between two services as it is told over a connection.

use brunt_scenarios::plan::{EdgeFault, Pick};
use brunt_scenarios::units::{Period, Spread};
use serde::{Deserialize, Serialize};

/// A fault between two services, as plain values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wire {
    /// Replies come later.
    Latency {
        /// By a time between these.
        delay: Bounds,
        /// Those of which replicas, as a scenario says it.
        pick: String,
    },
    /// A status answers in the callee's place.
    Abort {
        /// The status.
        status: u16,
        /// For this share of the requests.
        share: f64,
    },
    /// Connections are reset.
    Cut,
    /// Replies are lost.
    LostReply {
        /// This share of them.
        share: f64,
    },
    /// Bodies come later.
    SlowReply {
        /// By a time between these.
        delay: Bounds,
    },
    /// Neither a reply nor an end comes.
    HalfOpen,
    /// Requests come twice.
    Duplicate {
        /// This share of them.
        share: f64,
    },
}

/// The shortest and the longest, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds(u64, u64);

impl From<Spread> for Bounds {
    fn from(spread: Spread) -> Self {
        let micros = |period: Period| u64::try_from(period.0.as_micros()).unwrap_or(u64::MAX);
        Self(micros(spread.from), micros(spread.to))
    }
}

impl From<Bounds> for Spread {
    fn from(bounds: Bounds) -> Self {
        let period = |micros| Period(std::time::Duration::from_micros(micros));
        Self { from: period(bounds.0), to: period(bounds.1) }
    }
}

impl From<EdgeFault> for Wire {
    fn from(fault: EdgeFault) -> Self {
        match fault {
            EdgeFault::Latency { delay, pick } => {
                Self::Latency { delay: delay.into(), pick: written(pick) }
            }
            EdgeFault::Abort { status, share } => Self::Abort { status, share },
            EdgeFault::Cut => Self::Cut,
            EdgeFault::LostReply { share } => Self::LostReply { share },
            EdgeFault::SlowReply(delay) => Self::SlowReply { delay: delay.into() },
            EdgeFault::HalfOpen => Self::HalfOpen,
            EdgeFault::Duplicate { share } => Self::Duplicate { share },
        }
    }
}

impl TryFrom<Wire> for EdgeFault {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        Ok(match wire {
            Wire::Latency { delay, pick } => {
                Self::Latency { delay: delay.into(), pick: pick.parse()? }
            }
            Wire::Abort { status, share } => Self::Abort { status, share },
            Wire::Cut => Self::Cut,
            Wire::LostReply { share } => Self::LostReply { share },
            Wire::SlowReply { delay } => Self::SlowReply(delay.into()),
            Wire::HalfOpen => Self::HalfOpen,
            Wire::Duplicate { share } => Self::Duplicate { share },
        })
    }
}

/// As it is read in a scenario.
fn written(pick: Pick) -> String {
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
    fn every_fault_arrives_as_it_was_sent() {
        let delay: Spread = "1500us..2s".parse().unwrap();
        let picks = [Pick::One, Pick::Number(2), Pick::Share("50%".parse().unwrap()), Pick::All];
        let latencies = picks.map(|pick| EdgeFault::Latency { delay, pick });
        let others = [
            EdgeFault::Abort { status: 503, share: 0.3 },
            EdgeFault::Cut,
            EdgeFault::LostReply { share: 0.25 },
            EdgeFault::SlowReply(delay),
            EdgeFault::HalfOpen,
            EdgeFault::Duplicate { share: 1.0 },
        ];
        for fault in latencies.into_iter().chain(others) {
            let line = serde_json::to_string(&Wire::from(fault)).unwrap();
            let arrived: Wire = serde_json::from_str(&line).unwrap();
            assert_eq!(EdgeFault::try_from(arrived), Ok(fault), "{line}");
        }
    }
}
