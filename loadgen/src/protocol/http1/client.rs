//! One user's connection to a server, over HTTP/1.1.

use std::cell::Cell;
use std::time::Instant;

use super::connection::Http1Connection;
use crate::failure::RequestError;
use crate::protocol::connector::Connector;
use crate::protocol::reply::{Keep, ReplySummary, ReplyTo};

/// Makes one request at a time to one server, and keeps its connection while it is good.
pub(crate) struct Http1Client {
    keep: Keep,
    connection: Option<Http1Connection>,
}

impl Http1Client {
    /// Nothing is opened before it is needed.
    pub fn new(keep: Keep) -> Self {
        Self { keep, connection: None }
    }

    /// Sends a request and reads its reply. Sets `wrote` once the server may have seen something
    /// of the request. Dropping the future gives the request up.
    pub async fn exchange(
        &mut self,
        connector: &impl Connector,
        server: usize,
        (request, to): (&[u8], ReplyTo),
        wrote: &Cell<bool>,
    ) -> Result<ReplySummary, RequestError> {
        // Replaced before anything is sent: once a byte is written, nobody can tell whether the
        // server has processed the request, and it is not sent again.
        if self.connection.as_mut().is_some_and(Http1Connection::is_stale) {
            self.connection = None;
        }
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => {
                let stream = connector.open(server).await?;
                self.connection.insert(Http1Connection::new(stream, self.keep))
            }
        };
        wrote.set(true);
        let exchanged = connection.exchange(request, to, connector.scratch()).await;
        exchanged.map_err(|error| RequestError::from(&error))
    }

    /// Closes the connection, after a request that failed or a reply that was the last on it.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// The last reply's body, as far as it was kept.
    pub fn body(&self) -> &[u8] {
        self.connection.as_ref().map_or(&[], Http1Connection::body)
    }

    /// The last reply's head, if it was kept: a status line, and a header a line.
    pub fn head(&self) -> &[u8] {
        self.connection.as_ref().map_or(&[], Http1Connection::head)
    }

    /// When the last reply began to come, if it did not come in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        self.connection.as_ref().and_then(Http1Connection::first_byte)
    }
}
