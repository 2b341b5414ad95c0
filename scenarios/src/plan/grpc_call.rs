//! Calls of gRPC, checked as far as what they call is known.

use std::fmt;

use serde_json::Value;

use crate::grpc::MethodDescriptor;

/// A unary call of gRPC.
#[derive(Debug, Clone, PartialEq)]
pub struct GrpcCall {
    /// The service, with its package.
    pub service: String,
    /// The full name of the method: `package.Service/Method`.
    pub method: String,
    /// The message as JSON; may contain `${names}`.
    pub message: Value,
    /// What the method takes and gives, if a .proto file says it; the server is asked
    /// by reflection otherwise.
    pub known: Option<MethodDescriptor>,
}

impl GrpcCall {
    /// The path that it is a `POST` to.
    pub fn path(&self) -> String {
        format!("/{self}")
    }
}

/// Written as gRPC names methods: `package.Service/Method`.
impl fmt::Display for GrpcCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.service, self.method)
    }
}
