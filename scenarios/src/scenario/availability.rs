//! The share of good replies, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::During;
use crate::source::Located;
use crate::units::{Percent, Positive};

/// The share of good replies.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AvailabilitySpec {
    /// Of which load.
    pub of: Located<String>,
    /// The share that must be good. Below 100 % it is held against the 95 % confidence bound.
    pub at_least: Positive<Percent>,
    /// In which part of the run.
    #[serde(default)]
    pub during: During,
}
