//! A deadline for the body of a request: a client that sends it byte by byte must not hold a
//! connection and its memory for as long as it likes.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::Problem;

/// How long a client may take to send a body: far longer than the largest one needs.
const BODY: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not arrive within {} s", BODY.as_secs())]
struct TooSlow;

/// A body with a deadline, which begins when it is first read.
struct Timely {
    body: Body,
    /// None once it is over.
    left: Option<Pin<Box<Sleep>>>,
}

/// Gives the body of the request its deadline.
pub(super) fn bound(request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(Timely { body, left: Some(Box::pin(sleep(BODY))) }))
}

/// The refusal of a body that was too slow, if that is what lies behind the error.
pub(crate) fn too_slow(error: &(dyn Error + 'static)) -> Option<Problem> {
    let mut behind = Some(error);
    while let Some(error) = behind {
        if let Some(slow) = error.downcast_ref::<TooSlow>() {
            return Some(Problem::new(StatusCode::REQUEST_TIMEOUT, slow.to_string()));
        }
        behind = error.source();
    }
    None
}

impl HttpBody for Timely {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(left) = &mut self.left else { return Poll::Ready(None) };
        if left.as_mut().poll(context).is_ready() {
            self.left = None;
            return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
