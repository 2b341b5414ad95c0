//! How records and findings refer to a check of the plan.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A check's place among those of its plan, from 0. The same in the plan, in the timeline's records
/// and in findings, so that what belongs together is found without comparing sentences.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CheckId(pub usize);

impl fmt::Display for CheckId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
