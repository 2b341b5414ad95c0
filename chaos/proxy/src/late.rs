//! A reply's body, passed on as it comes, or later.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body that may have to wait before its first part.
pub(crate) struct Late {
    /// None for a reply that the proxy gives itself.
    body: Option<Incoming>,
    waits: Option<Pin<Box<Sleep>>>,
}

impl Late {
    pub(crate) fn nothing() -> Self {
        Self { body: None, waits: None }
    }

    pub(crate) fn at_once(body: Incoming) -> Self {
        Self { body: Some(body), waits: None }
    }

    pub(crate) fn after(delay: Duration, body: Incoming) -> Self {
        Self { body: Some(body), waits: Some(Box::pin(sleep(delay))) }
    }
}

impl Body for Late {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(waits) = &mut self.waits {
            ready!(waits.as_mut().poll(context));
            self.waits = None;
        }
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
