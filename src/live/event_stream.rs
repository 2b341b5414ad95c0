//! Messages as server-sent events. Only the latest one is kept, however slow a browser is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::state::PageView;

// How long nothing is sent before a comment is: writing is the only way to find out that a
// browser has gone.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The whole page at one moment.
struct PageMessage {
    version: u64,
    data: String,
    last: bool,
}

/// The latest message, which each connected browser gets.
#[derive(Clone)]
pub struct PageMessages {
    latest: watch::Sender<Option<Arc<PageMessage>>>,
    /// Part of each event's id: a browser that reconnects may have seen the events of an earlier
    /// server at the same address.
    server: u32,
}

impl PageMessages {
    pub fn new() -> Self {
        Self { latest: watch::Sender::new(None), server: std::process::id() }
    }

    /// Whether any browser is connected.
    pub fn has_listeners(&self) -> bool {
        self.latest.receiver_count() > 0
    }

    /// Replaces the latest message.
    pub fn send(&self, view: &PageView) {
        // A message that cannot be rendered is skipped; the next one is the whole page again.
        let Ok(html) = view.html() else { return };
        let data = json!({"phase": view.phase, "html": html, "last": view.last}).to_string();
        let message = PageMessage { version: view.version, data, last: view.last };
        self.latest.send_replace(Some(Arc::new(message)));
    }

    /// The events for a browser whose last event had this id, if it has seen any. A newer page is
    /// sent at once.
    pub fn events(&self, seen: Option<&str>, now: impl FnOnce() -> PageView) -> EventStream {
        let (send, receive) = mpsc::channel(1);
        let seen = seen.and_then(|id| id.strip_prefix(&format!("{}-", self.server)));
        let seen: Option<u64> = seen.and_then(|version| version.parse().ok());
        let view = now();
        let is_made =
            self.latest.borrow().as_ref().is_some_and(|latest| latest.version == view.version);
        // While no browser was connected, no message was rendered.
        if seen != Some(view.version) && !is_made {
            self.send(&view);
        }
        tokio::spawn(forward(self.latest.subscribe(), self.server, seen, send));
        EventStream(receive)
    }
}

/// Sends each message that the browser has not seen, as fast as it reads.
async fn forward(
    mut latest: watch::Receiver<Option<Arc<PageMessage>>>,
    server: u32,
    mut seen: Option<u64>,
    send: mpsc::Sender<Bytes>,
) {
    if send.send(Bytes::from_static(b"retry: 1000\n\n")).await.is_err() {
        return;
    }
    loop {
        let message = latest.borrow_and_update().clone();
        if let Some(message) = message.filter(|message| seen != Some(message.version)) {
            seen = Some(message.version);
            let event = format!("id: {server}-{}\ndata: {}\n\n", message.version, message.data);
            if send.send(event.into()).await.is_err() || message.last {
                return;
            }
        }
        match tokio::time::timeout(KEEP_ALIVE, latest.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                if send.send(Bytes::from_static(b":\n\n")).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Body of a response that does not end while the browser is connected.
pub struct EventStream(mpsc::Receiver<Bytes>);

impl Body for EventStream {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
