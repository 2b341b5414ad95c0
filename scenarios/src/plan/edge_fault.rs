//! What happens between two services.

use std::fmt;
use std::num::NonZeroU64;

use super::delay::Delay;
use crate::scenario::{AbortStatus, EdgeDirection, Pick};
use crate::units::Spread;

/// What happens to requests, connections and bytes between two services.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EdgeFault {
    /// Replies or requests come later. Where requests are not seen, each piece of
    /// bytes comes later.
    Latency {
        /// By a duration drawn from this.
        delay: Delay,
        /// Those of which replicas.
        pick: Pick,
        /// Which of them.
        scope: ByteScope,
    },
    /// The callee is not asked: a status answers in its place, for this share (0 to 1)
    /// of the requests.
    Abort {
        /// That of the replies.
        status: AbortStatus,
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
    /// Connections are reset before the callee is reached.
    Cut,
    /// New connections are refused; those that are open already are kept.
    Refuse,
    /// The callee does its work, and this share (0 to 1) of its replies is lost: the
    /// connection is reset.
    LostReply {
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
    /// Replies begin in time, and their bodies come later by a duration drawn from this.
    SlowReply(Spread),
    /// Replies or requests pass at this rate at most.
    Bandwidth {
        /// Heads included, over all connections of the edge together.
        bytes_per_second: NonZeroU64,
        /// Which of them.
        scope: ByteScope,
    },
    /// Requests are taken, and neither a reply nor an end comes until the fault ends.
    HalfOpen,
    /// This share (0 to 1) of the requests reaches the callee twice.
    Duplicate {
        /// The share of calls that meet it, from 0 to 1.
        share: f64,
    },
    /// The end of a connection comes later.
    SlowClose {
        /// By a duration drawn from this.
        delay: Spread,
        /// The ends that come later.
        scope: ByteScope,
    },
    /// A connection is closed once so many bytes have passed on it since the fault began.
    LimitData {
        /// The bytes that still pass.
        bytes: u64,
        /// Which bytes count.
        scope: ByteScope,
    },
    /// Bytes come in small pieces.
    Slice {
        /// The size of a piece in bytes, drawn evenly from the size ± the variation.
        size: NonZeroU64,
        /// Less than the size.
        variation: u64,
        /// The time between two pieces, drawn from this.
        delay: Spread,
        /// The bytes that are cut into pieces.
        scope: ByteScope,
    },
    /// One bit of some bytes is another.
    Corrupt {
        /// The share of the bytes that it happens to, from 0 to 1.
        rate: f64,
        /// The bytes that it may happen to.
        scope: ByteScope,
    },
}

/// Which bytes a fault hits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ByteScope {
    /// Those that go in this direction.
    pub direction: EdgeDirection,
    /// Those of this share of the connections, from 0 to 1, drawn for each; where requests are
    /// seen, and the fault hits whole ones, of the requests.
    pub share: f64,
}

impl Default for ByteScope {
    fn default() -> Self {
        Self { direction: EdgeDirection::Reply, share: 1.0 }
    }
}

impl EdgeFault {
    /// Whether it hits single requests or replies, and not whole connections or bytes.
    pub fn needs_requests(&self) -> bool {
        match self {
            Self::Abort { .. }
            | Self::LostReply { .. }
            | Self::SlowReply(_)
            | Self::Duplicate { .. } => true,
            Self::Latency { .. }
            | Self::Cut
            | Self::Refuse
            | Self::Bandwidth { .. }
            | Self::HalfOpen
            | Self::SlowClose { .. }
            | Self::LimitData { .. }
            | Self::Slice { .. }
            | Self::Corrupt { .. } => false,
        }
    }

    /// The faults that hit any connection, as they are written.
    pub const OF_BYTES: &'static str = "`cut`, `refuse`, `halfOpen`, `latency`, `bandwidth`, \
                                        `slowClose`, `limitData`, `slice` or `corrupt`";
}

/// A share in percent, without the last digit that a multiplication of binary fractions adds.
fn percent(share: f64) -> f64 {
    (share * 1e12).round() / 1e10
}

impl fmt::Display for EdgeFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency { delay, pick, scope } => {
                write!(out, "latency {delay}")?;
                if *pick != Pick::All {
                    write!(out, " of {pick} the replicas")?;
                }
                scope.fmt(out)
            }
            Self::Abort { status, share } => {
                write!(out, "abort {}% with {status}", percent(*share))
            }
            Self::Cut => out.write_str("cut"),
            Self::Refuse => out.write_str("refuse"),
            Self::LostReply { share } => write!(out, "lose {}% of the replies", percent(*share)),
            Self::SlowReply(delay) => write!(out, "slow replies by {delay}"),
            Self::Bandwidth { scope, bytes_per_second } => {
                let limited = match scope.direction {
                    EdgeDirection::Request => "requests",
                    EdgeDirection::Reply => "replies",
                    EdgeDirection::Both => "requests and replies",
                };
                write!(out, "limit {limited} to {bytes_per_second} bytes/s")?;
                scope.fmt_share(out)
            }
            Self::HalfOpen => out.write_str("half-open"),
            Self::Duplicate { share } => {
                write!(out, "duplicate {}% of the requests", percent(*share))
            }
            Self::SlowClose { delay, scope } => write!(out, "slow close by {delay}{scope}"),
            Self::LimitData { bytes, scope } => write!(out, "close after {bytes} bytes{scope}"),
            Self::Slice { size, variation, delay, scope } => {
                write!(out, "slice into {size}")?;
                if *variation > 0 {
                    write!(out, " ± {variation}")?;
                }
                out.write_str(if size.get() == 1 && *variation == 0 { " byte" } else { " bytes" })?;
                if !delay.to.0.is_zero() {
                    write!(out, " each {delay}")?;
                }
                scope.fmt(out)
            }
            Self::Corrupt { rate, scope } => {
                write!(out, "corrupt {}% of the bytes{scope}", percent(*rate))
            }
        }
    }
}

impl ByteScope {
    fn fmt_share(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.share < 1.0 {
            true => write!(out, " on {}% of the connections", percent(self.share)),
            false => Ok(()),
        }
    }
}

/// What differs from the default.
impl fmt::Display for ByteScope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.direction {
            EdgeDirection::Reply => {}
            EdgeDirection::Request => out.write_str(" of requests")?,
            EdgeDirection::Both => out.write_str(" both ways")?,
        }
        self.fmt_share(out)
    }
}
