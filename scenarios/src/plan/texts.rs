//! The texts of plans in which values are filled in.

use super::check::texts_of;
use super::{Load, LoadPlan, Plan, Reading};

impl Plan {
    /// All texts in which values are filled in.
    pub fn texts(&self) -> Vec<String> {
        let readings = self.checks.iter().filter_map(|check| check.claim.needs().reading);
        let readings = readings.flat_map(Reading::texts).map(str::to_owned);
        texts_of(self.requests()).into_iter().chain(readings).collect()
    }
}

impl LoadPlan {
    /// All texts in which values are filled in.
    pub fn texts(&self) -> Vec<String> {
        texts_of(self.loads.iter().flat_map(Load::requests))
    }
}
