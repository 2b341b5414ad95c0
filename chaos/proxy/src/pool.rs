//! Connections to endpoints that wait for their next request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;

use crate::Endpoint;

/// A request's body: streamed through, or kept where a request is sent a second time.
pub(crate) type Payload = Either<Incoming, Full<Bytes>>;
/// A connection to an endpoint.
pub(crate) type Upstream = SendRequest<Payload>;

#[derive(Default)]
pub(crate) struct Pool(Mutex<HashMap<Endpoint, Vec<Upstream>>>);

impl Pool {
    /// One that is open as far as we know.
    pub(crate) fn take(&self, endpoint: &Endpoint) -> Option<Upstream> {
        let mut idle = self.idle();
        let waiting = idle.get_mut(endpoint)?;
        std::iter::from_fn(|| waiting.pop()).find(SendRequest::is_ready)
    }

    pub(crate) fn put(&self, endpoint: &Endpoint, upstream: Upstream) {
        let mut idle = self.idle();
        let waiting = idle.entry(endpoint.clone()).or_default();
        waiting.retain(SendRequest::is_ready);
        waiting.push(upstream);
    }

    /// Closes the idle connections to all others. An endpoint that has left must not be kept
    /// busy by them.
    pub(crate) fn keep_only(&self, endpoints: &[Endpoint]) {
        self.idle().retain(|endpoint, _| endpoints.contains(endpoint));
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<Endpoint, Vec<Upstream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
