//! The rate of good replies, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::During;
use crate::source::Located;
use crate::units::Rate;

/// The rate of good replies. A run whose load never asked for that rate is inconclusive.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ThroughputSpec {
    /// The load whose good replies are counted.
    pub of: Located<String>,
    /// Good replies a second, on average over the part of the run; the warm-up is left out.
    pub at_least: Located<Rate>,
    /// In which part of the run they are counted: in all of it unless given.
    #[serde(default)]
    pub during: During,
}
