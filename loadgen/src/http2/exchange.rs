//! One request and its reply.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use brunt_scenarios::timeline::Failure;
use bytes::Bytes;
use h2::RecvStream;
use h2::client::SendRequest;
use http::{HeaderMap, Response};

use super::Message;
use crate::client::Missed;
use crate::engine::Lane;
use crate::http1::{Keep, Reply};
use crate::job::{Prepared, Reuse};

/// How often a connection may end between being chosen and being used before a request counts as failed.
const TRIES: usize = 3;

/// What came of the last request.
#[derive(Debug)]
pub(crate) struct Received {
    keep: Keep,
    head: Vec<u8>,
    body: Vec<u8>,
    length: u64,
    first_byte: Option<Instant>,
    grpc: Option<u16>,
}

impl Received {
    pub fn new(keep: Keep) -> Self {
        Self { keep, head: Vec::new(), body: Vec::new(), length: 0, first_byte: None, grpc: None }
    }

    pub fn head(&self) -> &[u8] {
        &self.head
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn first_byte(&self) -> Option<Instant> {
        self.first_byte
    }

    /// The status of gRPC, if there was one.
    pub fn grpc(&self) -> Option<u16> {
        self.grpc
    }

    /// It stands in the trailers, or in the head when nothing else comes.
    fn take_grpc(&mut self, headers: &HeaderMap) {
        let status = headers.get("grpc-status").and_then(|value| value.to_str().ok()?.parse().ok());
        self.grpc = status.or(self.grpc);
    }

    fn clear(&mut self) {
        self.head.clear();
        self.body.clear();
        (self.length, self.first_byte, self.grpc) = (0, None, None);
    }

    fn take_head(&mut self, response: &Response<RecvStream>) {
        let Keep::Whole(_) = self.keep else { return };
        self.head.extend_from_slice(format!("HTTP/2 {}\r\n", response.status().as_u16()).as_bytes());
        for (name, value) in response.headers() {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                self.head.extend_from_slice(part);
            }
        }
        self.head.extend_from_slice(b"\r\n");
    }

    fn take(&mut self, data: &[u8]) {
        self.length += data.len() as u64;
        if let Keep::Body(most) | Keep::Whole(most) = self.keep {
            let room = most.saturating_sub(self.body.len()).min(data.len());
            self.body.extend_from_slice(&data[..room]);
        }
    }
}

/// Sends a request on one of the lane's connections and reads its reply. Dropping the future cancels the stream.
pub(crate) async fn exchange(
    lane: &Rc<Lane>,
    server: usize,
    request: &Prepared,
    wrote: &Cell<bool>,
    received: &mut Received,
) -> Result<Reply, Missed> {
    received.clear();
    let parsed;
    let message = match &request.message {
        Some(message) => message,
        None => {
            parsed = Message::parse(&request.bytes, lane.ready.servers[server].scheme());
            parsed.as_ref().ok_or(Missed::new(Failure::Protocol, "a request that HTTP/2 cannot carry"))?
        }
    };
    for _ in 0..TRIES {
        let lease = lane.pool.lease(lane, server);
        // Nothing was sent on a connection that ended before.
        let Some(send) = lease.session.ready().await? else { continue };
        let answered = stream(send, message, wrote, received).await;
        return answered.map_err(|error| Missed::from(&error));
    }
    Err(Missed::new(Failure::Connect, "connections end as soon as they are open"))
}

async fn stream(
    mut send: SendRequest<Bytes>,
    message: &Message,
    wrote: &Cell<bool>,
    received: &mut Received,
) -> Result<Reply, h2::Error> {
    let (response, mut body) = send.send_request(message.head.clone(), message.body.is_empty())?;
    wrote.set(true);
    if !message.body.is_empty() {
        body.send_data(message.body.clone(), true)?;
    }
    let response = response.await?;
    received.take_head(&response);
    received.take_grpc(response.headers());
    let status = response.status().as_u16();
    let mut data = response.into_body();
    if !data.is_end_stream() {
        received.first_byte = Some(Instant::now());
    }
    while let Some(part) = data.data().await {
        let part = part?;
        received.take(&part);
        data.flow_control().release_capacity(part.len())?;
    }
    // Trailers may still break the stream.
    if let Some(trailers) = data.trailers().await? {
        received.take_grpc(&trailers);
    }
    Ok(Reply { status, length: received.length, reuse: Reuse::Yes })
}
