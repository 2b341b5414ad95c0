//! Drains what is left of a request's body when the answer is already known. A connection that
//! closes while the client still sends is reset, and the client may never see why it was refused.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use bytes::Bytes;
use http::Version;
use http::header::EXPECT;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// The limits of draining; a client that sends more, or more slowly, is cut off.
// Enough for a client that sends far more than the limit of a body; beyond that it is cut off.
const MOST_BYTES: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// A body that returns its rest when its reader drops it.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

/// What may come back.
pub(super) struct Unread(Option<oneshot::Receiver<Body>>);

/// Lends the request's body to its handler. HTTP/2 ends a stream without a reset, and a client that
/// waits for `100 Continue` has sent nothing.
pub(super) fn lend(request: Request) -> (Request, Unread) {
    // Where a stream can end by itself, or nothing was sent, there is nothing to drain.
    if request.version() >= Version::HTTP_2
        || request.headers().contains_key(EXPECT)
        || request.body().is_end_stream()
    {
        return (request, Unread(None));
    }
    let (back, unread) = oneshot::channel();
    let lent = request.map(|body| Body::new(Lent { body, back: Some(back) }));
    (lent, Unread(Some(unread)))
}

impl Unread {
    /// Reads and discards the rest of the body.
    pub(super) async fn discard(self) {
        let Some(mut body) = self.0.and_then(|mut unread| unread.try_recv().ok()) else { return };
        let reading = async {
            let mut left = MOST_BYTES;
            while let Some(Ok(frame)) = body.frame().await {
                let read = frame.data_ref().map_or(0, Bytes::len);
                let Some(still) = left.checked_sub(read) else { break };
                left = still;
            }
        };
        drop(timeout(PATIENCE, reading).await);
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // A handler that refuses drops the body unread; this is the only place that sees it.
        if let Some(back) = self.back.take().filter(|_| !self.body.is_end_stream()) {
            drop(back.send(std::mem::take(&mut self.body)));
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use crate::config::{Config, Defaults, Env};
    use crate::metrics::Metrics;
    use crate::rest::{self, JsonBody, MAX_BODY_BYTES};

    /// The status that a client sees who sends all before it listens.
    async fn status(target: &str, bytes: usize) -> String {
        let env = Env::from_pairs([]);
        let config =
            Config::read(env, Defaults { service: "order", port: 0, data_dir: "" }).unwrap();
        let take = |JsonBody(_): JsonBody<serde_json::Value>| async {};
        let router = rest::router(Router::new().route("/orders", post(take)), &config.metrics());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{target} HTTP/1.1\r\nhost: order\r\ncontent-length: {bytes}\r\n\
             connection: close\r\n\r\n"
        );
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&vec![b' '; bytes]).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_client_that_sends_too_much_gets_the_refusal() {
        let large = 8 * MAX_BODY_BYTES;
        assert_eq!(status("POST /orders", large).await, "413");
        assert_eq!(status("POST /nowhere", large).await, "404");
        assert_eq!(status("PUT /orders", large).await, "405");
        assert_eq!(status("POST /orders", 10).await, "400");
    }
    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_arrive_is_given_up() {
        let take = |JsonBody(_): JsonBody<serde_json::Value>| async {};
        let metrics = Metrics::new("order", None);
        let router = rest::router(Router::new().route("/orders", post(take)), &metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut client = TcpStream::connect(address).await.unwrap();
        let head = "POST /orders HTTP/1.1\r\nhost: order\r\ncontent-length: 9\r\n\r\n{";
        client.write_all(head.as_bytes()).await.unwrap();
        let began = tokio::time::Instant::now();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("the body did not arrive within 30 s"), "{answer}");
        assert_eq!(began.elapsed().as_secs(), 30);
    }
}
