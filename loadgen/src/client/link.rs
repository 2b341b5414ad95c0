//! A client's way to one server: a connection of its own, or streams on connections that are
//! shared.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use super::RequestError;
use crate::engine::WorkerLoad;
use crate::http1::{Http1Connection, Keep, Reply};
use crate::http2;
use crate::job::{PreparedRequest, Reuse, Version};

/// A client's way to one server of its lane's. Makes one request at a time.
pub(crate) struct ServerConnection {
    server: usize,
    keep: Keep,
    /// HTTP/1.1: kept while it is good.
    connection: Option<Http1Connection>,
    /// HTTP/2: what came last.
    received: http2::ReceivedReply,
}

impl ServerConnection {
    /// To this server; nothing is opened before it is needed.
    pub fn new(server: usize, keep: Keep) -> Self {
        Self { server, keep, connection: None, received: http2::ReceivedReply::new(keep) }
    }

    /// Sends a request and reads its reply, on a connection that is opened if need be. Drop the
    /// future to give up. Call [`ServerConnection::settle`] afterwards in any case. `wrote` tells whether the
    /// server may have seen anything of the request.
    pub async fn exchange(
        &mut self,
        lane: &Rc<WorkerLoad>,
        request: &PreparedRequest,
        wrote: &Cell<bool>,
    ) -> Result<Reply, RequestError> {
        match lane.ready.servers[self.server].version() {
            Version::Http1 => self.http1(lane, request, wrote).await,
            Version::Http2 => {
                http2::exchange(lane, self.server, request, wrote, &mut self.received).await
            }
        }
    }

    async fn http1(
        &mut self,
        lane: &WorkerLoad,
        request: &PreparedRequest,
        wrote: &Cell<bool>,
    ) -> Result<Reply, RequestError> {
        if self.connection.as_mut().is_some_and(Http1Connection::is_stale) {
            self.connection = None;
        }
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => {
                let opened = lane.open(self.server).await?;
                self.connection.insert(Http1Connection::new(opened.stream, self.keep))
            }
        };
        wrote.set(true);
        let exchanged = connection.exchange(request, &lane.scratch).await;
        let reply = exchanged.map_err(|broken| RequestError::from(&broken))?;
        Ok(reply)
    }

    /// The last reply's body, as far as it was kept.
    pub fn body(&self) -> &[u8] {
        self.connection.as_ref().map_or(self.received.body(), Http1Connection::body)
    }

    /// The last reply's head, if it was kept: a status line, and a header a line.
    pub fn head(&self) -> &[u8] {
        self.connection.as_ref().map_or(self.received.head(), Http1Connection::head)
    }

    /// The last reply's status of gRPC, if it had one.
    pub fn grpc(&self) -> Option<u16> {
        self.received.grpc()
    }

    /// When the last reply began to come, if it did not come in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        self.connection.as_ref().map_or(self.received.first_byte(), Http1Connection::first_byte)
    }

    /// Keeps the connection for the next request if it is good for one. Call it when the last reply
    /// has been looked at.
    pub fn settle(&mut self, lane: &WorkerLoad, ended: &Result<Reply, RequestError>) {
        let lasting = lane.ready.job.reuse == Reuse::Yes;
        if !(lasting && matches!(ended, Ok(Reply { reuse: Reuse::Yes, .. }))) {
            self.connection = None;
        }
    }
}
