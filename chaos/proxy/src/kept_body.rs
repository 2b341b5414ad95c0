//! A body that is in memory, so that it can be sent more than once.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body, Frame, SizeHint};

/// A body as it came, with what followed it.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptBody {
    data: Bytes,
    trailers: Option<HeaderMap>,
}

impl KeptBody {
    pub(crate) fn new(data: Bytes, trailers: Option<HeaderMap>) -> Self {
        Self { data, trailers }
    }
}

impl Body for KeptBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = std::mem::take(&mut self.data);
        let frame = match data.is_empty() {
            false => Some(Frame::data(data)),
            true => self.trailers.take().map(Frame::trailers),
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::with_exact(self.data.len() as u64);
        if self.trailers.is_some() {
            // Nothing can follow a body whose length is given beforehand.
            hint = SizeHint::new();
            hint.set_lower(self.data.len() as u64);
        }
        hint
    }
}
