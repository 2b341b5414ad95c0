//! Ports of a service besides its first.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Protocol;
use crate::source::Located;

/// A port of a service besides the one that is `${port}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NamedPort {
    /// The port on which `brunt up` offers it: any free one unless given.
    pub port: Option<Located<u16>>,
    /// What its callers speak there. Unless given, that is found out for each connection.
    pub protocol: Option<Protocol>,
}
