//! Which claim is judged by what.

use brunt_scenarios::plan::Claim;

use super::judged::Judge;

macro_rules! judging {
    ($($doc:literal, $key:literal: $name:ident($spec:ident) => $($claim:ident),+;)*) => {
        /// What judges a claim.
        pub(crate) fn judging(claim: &Claim) -> &dyn Judge {
            match claim {
                $($(Claim::$claim(claim) => claim,)+)*
            }
        }
    };
}
brunt_scenarios::expectations!(judging);
