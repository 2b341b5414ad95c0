//! Messages as server-sent events. There is never more than the latest one to send, however slow a
//! browser is.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::scene::View;

/// A comment is sent when nothing else was for so long: it shows that the browser is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// All that is to be seen, at one moment.
struct Message {
    version: u64,
    data: String,
    last: bool,
}

/// The latest message.
#[derive(Clone)]
pub struct Messages {
    latest: watch::Sender<Option<Arc<Message>>>,
    /// Tells the messages of this server from those of another that had the same address.
    server: u32,
}

impl Messages {
    /// None yet.
    pub fn new() -> Self {
        Self { latest: watch::Sender::new(None), server: std::process::id() }
    }

    /// Whether anybody would get a message.
    pub fn somebody_listens(&self) -> bool {
        self.latest.receiver_count() > 0
    }

    /// Hands out a view in place of the one before.
    pub fn send(&self, view: &View) {
        // One that cannot be made is missed; the next one has all of it.
        let Ok(html) = view.html() else { return };
        let data = json!({"phase": view.phase, "html": html, "last": view.last}).to_string();
        let message = Message { version: view.version, data, last: view.last };
        self.latest.send_replace(Some(Arc::new(message)));
    }

    /// The events for a browser that has seen all up to this id, or none; what it has not seen
    /// comes at once.
    pub fn events(&self, seen: Option<&str>, now: impl FnOnce() -> View) -> Events {
        let (send, receive) = mpsc::channel(1);
        let seen = seen.and_then(|id| id.strip_prefix(&format!("{}-", self.server)));
        let seen: Option<u64> = seen.and_then(|version| version.parse().ok());
        let view = now();
        let is_made =
            self.latest.borrow().as_ref().is_some_and(|latest| latest.version == view.version);
        if seen != Some(view.version) && !is_made {
            self.send(&view);
        }
        tokio::spawn(tell(self.latest.subscribe(), self.server, seen, send));
        Events(receive)
    }
}

/// Sends each message that is another than the last one, as fast as it is taken.
async fn tell(
    mut latest: watch::Receiver<Option<Arc<Message>>>,
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
        match tokio::time::timeout(SIGN_OF_LIFE, latest.changed()).await {
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

/// The body of an answer that goes on.
pub struct Events(mpsc::Receiver<Bytes>);

impl Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
