//! A circuit breaker's way through its states, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::timeline::BreakerState;
use crate::units::{Period, Positive};

/// A caller's circuit breaker opens when its callee fails, and closes again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BreakerSpec {
    /// The service whose circuit breaker is watched.
    pub caller: Located<String>,
    /// Whom it calls.
    pub callee: Located<String>,
    /// The breaker's name in the caller's metrics; the callee's unless given.
    pub name: Option<String>,
    /// The states that it goes through, from its first to its last one: closed, open, halfOpen,
    /// closed unless given. Other states may come in between.
    pub path: Option<Located<Vec<BreakerState>>>,
    /// While it is open, 95 % of the replies come within this time.
    pub fails_fast_within: Option<Positive<Period>>,
    /// The load whose replies these are; the only one unless given.
    pub of: Option<Located<String>>,
    /// The path of the caller's metrics, in Prometheus' format and with resilience4j's names:
    /// /actuator/prometheus unless given.
    pub metrics: Option<String>,
}
