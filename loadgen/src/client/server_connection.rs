//! A user's connection to one server: its own over HTTP/1.1, or streams on connections that all
//! users of a thread share over HTTP/2.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use super::worker_load::WorkerLoad;
use crate::failure::RequestError;
use crate::job::PreparedRequest;
use crate::protocol::http1::Http1Client;
use crate::protocol::http2::Http2Client;
use crate::protocol::{Keep, ReplySummary, Reuse};
use crate::transport::HttpVersion;

/// A user's connection to one server of its load. Makes one request at a time.
pub(crate) struct ServerConnection {
    server: usize,
    client: ProtocolClient,
}

// An enum and not a trait object, so that no request pays for a call through a pointer. Another
// protocol is a folder in `protocol` and a variant here.
enum ProtocolClient {
    Http1(Http1Client),
    Http2(Http2Client),
}

impl ServerConnection {
    /// Opens nothing before it is needed.
    pub fn new(load: &WorkerLoad, server: usize, keep: Keep) -> Self {
        let client = match load.prepared.servers[server].version() {
            HttpVersion::Http1 => ProtocolClient::Http1(Http1Client::new(keep)),
            HttpVersion::Http2 => ProtocolClient::Http2(Http2Client::new(keep)),
        };
        Self { server, client }
    }

    /// Sends a request and reads its reply, on a connection that is opened if need be. Drop the
    /// future to give the request up. Call [`ServerConnection::settle`] afterwards in any case.
    /// `wrote` tells whether the server may have seen anything of the request.
    pub async fn exchange(
        &mut self,
        load: &Rc<WorkerLoad>,
        request: &PreparedRequest,
        wrote: &Cell<bool>,
    ) -> Result<ReplySummary, RequestError> {
        match &mut self.client {
            ProtocolClient::Http1(client) => {
                let request = (&*request.bytes, request.reply_to);
                client.exchange(&**load, self.server, request, wrote).await
            }
            ProtocolClient::Http2(client) => {
                let scheme = load.prepared.servers[self.server].scheme();
                let request = request.http2(scheme)?;
                client.exchange(load, &load.http2, self.server, &request, wrote).await
            }
        }
    }

    /// The last reply's body, as far as it was kept.
    pub fn body(&self) -> &[u8] {
        match &self.client {
            ProtocolClient::Http1(client) => client.body(),
            ProtocolClient::Http2(client) => client.body(),
        }
    }

    /// The last reply's head, if it was kept: a status line, and a header a line.
    pub fn head(&self) -> &[u8] {
        match &self.client {
            ProtocolClient::Http1(client) => client.head(),
            ProtocolClient::Http2(client) => client.head(),
        }
    }

    /// The last reply's status of gRPC, if it had one.
    pub fn grpc(&self) -> Option<u16> {
        match &self.client {
            ProtocolClient::Http1(_) => None,
            ProtocolClient::Http2(client) => client.grpc(),
        }
    }

    /// When the last reply began to come, if it did not come in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        match &self.client {
            ProtocolClient::Http1(client) => client.first_byte(),
            ProtocolClient::Http2(client) => client.first_byte(),
        }
    }

    /// Keeps the connection for the next request if it can serve one. Call it when the last reply
    /// has been read: what was kept of it is dropped with the connection.
    pub fn settle(&mut self, load: &WorkerLoad, ended: &Result<ReplySummary, RequestError>) {
        let lasting = load.prepared.job.reuse == Reuse::Yes;
        let is_good = lasting && matches!(ended, Ok(ReplySummary { reuse: Reuse::Yes, .. }));
        if let (ProtocolClient::Http1(client), false) = (&mut self.client, is_good) {
            client.close();
        }
    }
}
