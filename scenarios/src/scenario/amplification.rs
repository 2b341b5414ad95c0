//! How many calls a request may cost, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;

/// Retries do not multiply the load on a service that has trouble.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AmplificationSpec {
    /// The load whose requests cause the calls.
    pub of: Located<String>,
    /// The service whose calls are affected.
    pub from: Located<String>,
    /// The service that is called.
    pub to: Located<String>,
    /// How many calls there may be for a request, on average over the run, retries included.
    #[schemars(range(min = 0.0))]
    pub at_most: Located<f64>,
}
