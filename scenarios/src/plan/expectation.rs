//! What must hold, checked: one file for each expectation, with the claim, how it reads as a
//! sentence, what it needs of a run, and how it is checked.

mod amplification;
mod availability;
mod breaker;
mod compensation;
mod conserved;
mod decoupled;
mod effects;
mod fairness;
mod hpa;
mod isolation;
mod latency;
mod ledger;
mod longest_outage;
mod needs;
mod recovers;
mod restarts;
mod saga;
mod slo;
mod throughput;
mod view;
mod view_source;

use std::fmt;

pub use amplification::Amplification;
pub use availability::Availability;
pub use breaker::Breaker;
pub use compensation::{Canceled, Compensation};
pub use conserved::Conserved;
pub use decoupled::Decoupled;
pub use effects::Effects;
pub use fairness::Fairness;
pub use hpa::{ScalesIn, ScalesOut};
pub use isolation::Isolation;
pub use latency::Latency;
pub use ledger::Ledger;
pub use longest_outage::LongestOutage;
pub use needs::{BreakerReading, CrossCheck, Evidence, LatencyLimit, Needs, Reading};
pub use recovers::Recovers;
pub use restarts::Restarts;
pub use saga::Saga;
pub use slo::Slo;
pub use throughput::Throughput;
pub use view::View;
pub use view_source::{Fold, ViewField, ViewSource};

pub use crate::timeline::CheckId;

/// One thing that must hold.
#[derive(Debug, Clone)]
pub struct Check {
    /// What records and findings refer to it by.
    pub id: CheckId,
    /// What is claimed.
    pub claim: Claim,
}

impl Check {
    /// Numbers claims in the order in which they are judged.
    pub fn numbered(claims: impl IntoIterator<Item = Claim>) -> Vec<Self> {
        let each = claims.into_iter().enumerate();
        each.map(|(index, claim)| Self { id: CheckId(index), claim }).collect()
    }
}

/// What every claim says of itself, besides the sentence that it is shown as.
pub trait Claimed: fmt::Display {
    /// What of a run it rests on besides the load's figures.
    fn needs(&self) -> Needs<'_> {
        Needs::default()
    }

    /// The limits that it sets on a load's latency as such; none if it is about something else.
    fn latency_limits(&self) -> Vec<LatencyLimit<'_>> {
        vec![]
    }
}

macro_rules! claims {
    ($($doc:literal, $key:literal: $name:ident($spec:ident) => $($claim:ident),+;)*) => {
        /// What is claimed.
        #[derive(Debug, Clone)]
        pub enum Claim {
            $($(#[doc = $doc] $claim($claim),)+)*
        }

        impl Claim {
            /// The name that proofs use: `availability`, `ledger`, …
            pub fn name(&self) -> &'static str {
                match self {
                    $($(Self::$claim(_) => $key,)+)*
                }
            }

            fn claimed(&self) -> &dyn Claimed {
                match self {
                    $($(Self::$claim(claim) => claim,)+)*
                }
            }
        }

        $($(impl From<$claim> for Claim {
            fn from(claim: $claim) -> Self {
                Self::$claim(claim)
            }
        })+)*
    };
}
crate::expectations!(claims);

impl Claim {
    /// What of a run it rests on besides the load's figures.
    pub fn needs(&self) -> Needs<'_> {
        self.claimed().needs()
    }

    /// The limits that it sets on a load's latency as such; none if it is about something else.
    pub fn latency_limits(&self) -> Vec<LatencyLimit<'_>> {
        self.claimed().latency_limits()
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.claimed().fmt(out)
    }
}
