//! A body that passes at a limited rate.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::byte_limit::ByteLimit;

/// A body of which each slice waits for its turn; without a limit, it is passed on as it comes.
pub(crate) struct LimitedBody<B> {
    body: B,
    limit: Option<Arc<ByteLimit>>,
    /// What has come and must still wait for its turn.
    waiting: Bytes,
    passing: Option<WaitingSlice>,
}

/// The slice whose turn it is, and the end of its wait.
struct WaitingSlice(Bytes, Pin<Box<dyn Future<Output = ()> + Send>>);

impl<B> LimitedBody<B> {
    pub(crate) fn new(body: B, limit: Option<Arc<ByteLimit>>) -> Self {
        Self { body, limit, waiting: Bytes::new(), passing: None }
    }

    /// With what has been read of it already, which comes first.
    pub(crate) fn after(read: Bytes, body: B, limit: Option<Arc<ByteLimit>>) -> Self {
        Self { body, limit, waiting: read, passing: None }
    }

    /// How many bytes have come and have not been passed on.
    fn held(&self) -> usize {
        self.waiting.len() + self.passing.as_ref().map_or(0, |WaitingSlice(slice, _)| slice.len())
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for LimitedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(limit) = self.limit.clone() else {
            if !self.waiting.is_empty() {
                let read = std::mem::take(&mut self.waiting);
                return Poll::Ready(Some(Ok(Frame::data(read))));
            }
            return Pin::new(&mut self.body).poll_frame(context);
        };
        loop {
            if let Some(WaitingSlice(slice, wait)) = &mut self.passing {
                ready!(wait.as_mut().poll(context));
                let slice = std::mem::take(slice);
                self.passing = None;
                return Poll::Ready(Some(Ok(Frame::data(slice))));
            }
            if self.waiting.is_empty() {
                match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => self.waiting = data,
                        Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                    },
                    end => return Poll::Ready(end),
                }
            }
            let size = limit.slice().min(self.waiting.len());
            let slice = self.waiting.split_to(size);
            let limit = Arc::clone(&limit);
            self.passing =
                Some(WaitingSlice(slice, Box::pin(async move { limit.pass(size).await })));
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held() == 0 && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, held) = (self.body.size_hint(), self.held() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(held));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;
    use std::time::Duration;

    use http_body_util::{BodyExt, Full};
    use tokio::time::Instant;

    use super::*;

    fn limited(text: &'static str, bytes_per_second: u64) -> LimitedBody<Full<Bytes>> {
        let limit = ByteLimit::new(NonZeroU64::new(bytes_per_second).unwrap());
        LimitedBody::new(Full::from(text), Some(limit))
    }

    #[tokio::test(start_paused = true)]
    async fn a_limited_body_comes_in_slices_and_says_at_each_how_much_is_left() {
        let mut body = limited("0123456789", 40);
        let began = Instant::now();
        for (slice, left) in [("0123", 6), ("4567", 2), ("89", 0)] {
            let frame = body.frame().await.unwrap().unwrap();
            assert_eq!(frame.into_data().unwrap(), slice);
            assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(left), left == 0));
        }
        assert!(body.frame().await.is_none());
        let took = began.elapsed();
        assert!((248..=252).contains(&took.as_millis()), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_it_comes_as_it_is() {
        let mut body = LimitedBody::new(Full::<Bytes>::from("0123456789"), None);
        let frame = tokio::time::timeout(Duration::ZERO, body.frame()).await.unwrap();
        assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), "0123456789");
    }

    #[tokio::test]
    async fn what_was_read_of_a_body_before_comes_first_and_counts() {
        let mut body = LimitedBody::after("ab".into(), Full::<Bytes>::from("cde"), None);
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(5), false));
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "ab");
        assert_eq!(body.collect().await.unwrap().to_bytes(), "cde");
    }
}
