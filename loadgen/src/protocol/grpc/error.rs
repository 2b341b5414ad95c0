//! Why a gRPC call cannot be made.

use std::path::PathBuf;

use brunt_scenarios::grpc::{InvalidMessage, MethodError};

use super::reflection::ReflectionError;

/// Why a gRPC call cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// A name that is not of the form `package.Service/Method`.
    #[error("`{0}` is not a method: write it like --grpc shop.v1.Orders/Place")]
    Name(String),
    /// A .proto file that cannot be read, or does not compile.
    #[error("{}: {source}", file.display())]
    Proto {
        /// As it was given.
        file: PathBuf,
        /// The error of the operating system or of the compiler.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A service or method that does not exist, or a method with streams.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// A message whose fields do not match the method's input.
    #[error(transparent)]
    Message(#[from] InvalidMessage),
    /// A server that does not answer reflection.
    #[error(
        "{address} does not say what its messages look like ({source}); give their definition with \
         a .proto file"
    )]
    Reflection {
        /// The server's host and port.
        address: String,
        /// The error of the connection, or the server's own words.
        source: ReflectionError,
    },
}
