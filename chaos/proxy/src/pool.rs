//! Connections to endpoints that wait for their next request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http_body_util::Either;
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;

use crate::endpoints::EndpointAddress;
use crate::kept_body::KeptBody;
use crate::limited_body::LimitedBody;

/// A request's body: streamed through, or kept where a request is sent a second time.
pub(crate) type Payload = Either<LimitedBody<Incoming>, KeptBody>;
/// A connection to an endpoint.
pub(crate) type Upstream = SendRequest<Payload>;

#[derive(Default)]
pub(crate) struct UpstreamPool(Mutex<HashMap<EndpointAddress, Vec<Upstream>>>);

impl UpstreamPool {
    /// A connection that is open as far as this side knows.
    pub(crate) fn take(&self, endpoint: &EndpointAddress) -> Option<Upstream> {
        let mut idle = self.idle();
        let waiting = idle.get_mut(endpoint)?;
        // The one that was used last first: it is the least likely to have been closed meanwhile.
        std::iter::from_fn(|| waiting.pop()).find(SendRequest::is_ready)
    }

    pub(crate) fn put(&self, endpoint: &EndpointAddress, upstream: Upstream) {
        let mut idle = self.idle();
        let waiting = idle.entry(endpoint.clone()).or_default();
        // Closed ones are dropped here, since nothing else looks at those that are never taken.
        waiting.retain(SendRequest::is_ready);
        waiting.push(upstream);
    }

    /// Closes the idle connections to all other endpoints: one that is stopping waits for its
    /// connections to be closed.
    pub(crate) fn close_idle_except(&self, endpoints: &[EndpointAddress]) {
        self.idle().retain(|endpoint, _| endpoints.contains(endpoint));
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<EndpointAddress, Vec<Upstream>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
