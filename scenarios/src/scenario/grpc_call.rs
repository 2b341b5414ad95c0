//! Calls of gRPC as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;

/// A unary call of gRPC.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrpcCallSpec {
    /// The method, written `package.Service/Method`.
    pub call: Located<String>,
    /// Who is called: a service; in a load file a URL, the file's base unless given.
    pub to: Option<Located<String>>,
    /// The message, in protobuf's mapping to JSON; an empty one unless given.
    pub message: Option<serde_json::Value>,
}
