//! Credentials of requests, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

/// The credentials that requests carry.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum AuthSpec {
    /// By name and password (RFC 7617).
    Basic(BasicAuthSpec),
    /// By a token (RFC 6750).
    Bearer(String),
}

/// A name and a password.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BasicAuthSpec {
    /// The name; without a colon.
    pub user: String,
    /// The password that goes with the user name.
    pub password: String,
}
