//! gRPC beside REST, on the same port: what every gRPC interface needs.
//!
//! A service gives its generated server; health and reflection come with it. Refusals are the
//! [`Problem`]s of REST, and the trace and the idempotency key come in metadata of the same names.

mod health;
mod status;

use std::convert::Infallible;

use axum::Router;
use axum::response::IntoResponse;
use http::HeaderMap;
use tonic::Request;
use tonic::codegen::Service;
use tonic::server::NamedService;
use tonic_health::pb::health_server::HealthServer;

use crate::event::Cause;
use crate::health::Health;
use crate::page::{MAX_SIZE, PageRequest};
use crate::rest::{Problem, check_key};

/// The largest message that is read: as for a body over REST.
pub const MAX_MESSAGE_BYTES: usize = crate::rest::MAX_BODY_BYTES;

/// The metadata of a call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The cause of the call's events.
    pub cause: Cause,
    /// Two calls with the same key have one effect.
    pub idempotency_key: Option<String>,
}

impl Call {
    /// A call and its message.
    ///
    /// # Errors
    /// When its idempotency key is too long.
    pub fn open<T>(request: Request<T>) -> Result<(Self, T), Problem> {
        let (metadata, _, message) = request.into_parts();
        let headers: HeaderMap = metadata.into_headers();
        let key =
            headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
        check_key(key.as_deref())?;
        Ok((Self { cause: Cause::command(&headers), idempotency_key: key }, message))
    }
}

/// A service with these file descriptors, its health, and reflection of both.
pub fn routes<S>(service: S, descriptors: &'static [u8], health: &Health) -> Router
where
    S: Service<http::Request<axum::body::Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1();
    let routes = mount(service).merge(mount(HealthServer::new(health.clone())));
    match reflection {
        Ok(reflection) => routes.merge(mount(reflection)),
        Err(error) => {
            tracing::error!(%error, "gRPC without reflection: the descriptors cannot be read");
            routes
        }
    }
}

fn mount<S>(service: S) -> Router
where
    S: Service<http::Request<axum::body::Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    Router::new().route_service(&format!("/{}/{{*method}}", S::NAME), service)
}

/// A page by number and size, where 0 is the usual size.
#[must_use]
pub fn page(number: u32, size: u32) -> PageRequest {
    let usual = PageRequest::usual();
    let size = if size == 0 { usual.size } else { u64::from(size).min(MAX_SIZE) };
    PageRequest { page: u64::from(number), size, sort: None }
}

#[cfg(test)]
mod tests;
