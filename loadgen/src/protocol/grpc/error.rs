//! Why a call cannot be made.

use brunt_scenarios::grpc::{InvalidMessage, MethodError};

/// Why a call cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrpcError {
    /// Not a service and a method.
    #[error("`{0}` is not a method: write it like --grpc shop.v1.Orders/Place")]
    Name(String),
    /// A file that does not compile.
    #[error("{0}")]
    Proto(String),
    /// A method that is not there, or streams.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// A message that does not fit.
    #[error(transparent)]
    Message(#[from] InvalidMessage),
    /// A server without reflection.
    #[error(
        "{address} does not say what its messages look like ({why}); give their definition with a .proto file"
    )]
    Reflection {
        /// Host and port.
        address: String,
        /// Why.
        why: String,
    },
}
