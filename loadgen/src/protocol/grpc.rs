//! gRPC as load is put on it: unary calls, what they look like, and what comes of them.

mod error;
mod reflection;
mod wire;

use std::time::Duration;

use brunt_scenarios::grpc::{MethodDescriptor, find};

pub use error::GrpcError;
pub use wire::framed;
pub(crate) use wire::unframed;

use crate::address::Address;
use crate::transport::{HttpVersion, Transport};

/// How servers of gRPC are reached.
pub fn transport(transport: Transport) -> Transport {
    Transport { version: HttpVersion::Http2, grpc: true, ..transport }
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
