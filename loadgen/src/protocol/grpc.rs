//! gRPC: unary calls over HTTP/2, their messages, and what their statuses mean.

mod error;
mod reflection;
mod wire;

use std::time::Duration;

use brunt_scenarios::grpc::{MethodDescriptor, MethodError, find};

pub use error::GrpcError;
pub use reflection::ReflectionError;
pub use wire::framed;
pub(crate) use wire::unframed;

use crate::address::Address;
use crate::transport::{HttpVersion, Transport};

/// The transport for gRPC calls: HTTP/2, and replies judged by `grpc-status`.
pub fn transport(transport: Transport) -> Transport {
    Transport { version: HttpVersion::Http2, grpc: true, ..transport }
}

/// Asks a server by reflection for a method's descriptor. Blocks until it has answered, at
/// most for `timeout`.
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
    let asked = reflection::ask(address, &transport, service, timeout);
    let pool = asked.map_err(|source| match source.services_there() {
        Some(there) => {
            MethodError::Service { name: service.to_owned(), there: there.to_vec() }.into()
        }
        None => GrpcError::Reflection { address: address.to_string(), source },
    })?;
    Ok(find(&pool, service, method)?)
}

/// The headers that gRPC requires of a call, without those that are given.
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

/// Whether a command may have been accepted although its call ended with this status. The other
/// statuses are refusals by the service itself.
pub(crate) fn leaves_unknown(status: u16) -> bool {
    // CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS.
    [1, 2, 4, 13, 14, 15].contains(&status)
}
