//! A reply's body, passed on as it comes, or later.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body of which the first part may have to wait.
pub(crate) struct DelayedBody {
    /// `None` for a reply that the proxy makes itself.
    body: Option<Incoming>,
    delay: Option<Pin<Box<Sleep>>>,
}

impl DelayedBody {
    pub(crate) fn empty() -> Self {
        Self { body: None, delay: None }
    }

    pub(crate) fn at_once(body: Incoming) -> Self {
        Self { body: Some(body), delay: None }
    }

    pub(crate) fn after(delay: Duration, body: Incoming) -> Self {
        Self { body: Some(body), delay: Some(Box::pin(sleep(delay))) }
    }
}

impl Body for DelayedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(delay) = &mut self.delay {
            ready!(delay.as_mut().poll(context));
            self.delay = None;
        }
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    // A size that is known without waiting for the body keeps the reply's Content-Length.
    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
