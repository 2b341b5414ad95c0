//! gRPC as load is put on it: unary calls, what they look like, and what comes of them.

mod reflection;
mod wire;

use std::time::Duration;

use brunt_scenarios::grpc::{InvalidMessage, MethodDescriptor, MethodError, find};

pub use wire::framed;
pub(crate) use wire::unframed;

use crate::job::{Address, Transport, Version};

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

/// How servers of gRPC are reached.
pub fn transport(transport: Transport) -> Transport {
    Transport { version: Version::Http2, grpc: true, ..transport }
}

/// Asks a server what a method takes and gives; blocks until it has answered, or for as
/// long as `timeout`.
///
/// # Errors
/// [`GrpcError`] when the server has no reflection, or no such unary method.
pub fn ask(
    address: &Address,
    transport: &Transport,
    (service, method): (&str, &str),
    timeout: Duration,
) -> Result<MethodDescriptor, GrpcError> {
    let transport = self::transport(transport.clone());
    let pool = reflection::ask(address, &transport, service, timeout)?;
    Ok(find(&pool, service, method)?)
}

/// The headers of a call that are its protocol's, but for those that are given.
pub fn headers(given: &[(String, String)], timeout: Duration) -> Vec<(String, String)> {
    let own = [
        ("content-type", "application/grpc".to_owned()),
        ("te", "trailers".to_owned()),
        ("grpc-timeout", format!("{}m", timeout.as_millis().clamp(1, 99_999_999))),
    ];
    let is_given = |name: &str| given.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    let own = own.into_iter().filter(|(name, _)| !is_given(name));
    own.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether the command of a call that ended so may have been accepted all the same. The other
/// statuses are a service's own refusals.
pub(crate) fn leaves_unknown(status: u16) -> bool {
    // CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS.
    [1, 2, 4, 13, 14, 15].contains(&status)
}
