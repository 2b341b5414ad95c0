//! The longest time without a good reply, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::units::Period;

/// The longest time in which requests were sent and none got a good reply.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LongestOutageSpec {
    /// The load whose replies are looked at.
    pub of: Located<String>,
    /// How long it may take; less than the load lasts.
    pub at_most: Located<Period>,
}
