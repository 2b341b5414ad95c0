//! One user's requests to a server, over connections of HTTP/2 that users share.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use brunt_scenarios::timeline::Failure;

use super::pool::Http2Pool;
use super::received_reply::ReceivedReply;
use super::request::Http2Request;
use super::session::NotReady;
use super::stream::StreamFailure;
use crate::failure::RequestError;
use crate::protocol::connector::Connector;
use crate::protocol::reply::{Keep, ReplySummary};

/// How often a request is refused, or finds its connection ended, before it counts as failed; the
/// number is that of Go's client. Connections that served others first do not count: a server that
/// ends each one after some requests refuses those behind them again and again, but each time
/// it serves some.
const TRIES: u32 = 7;

/// The pause before the second retry. The first needs none, as a connection that ends is the usual
/// reason. Each later one is twice as long, so that a server without room has time to get some.
const PAUSE: Duration = Duration::from_millis(1);

/// Makes one request at a time to one server, on whichever of the pool's connections has room.
pub(crate) struct Http2Client {
    /// The last reply; its buffers are used again for the next one.
    received: ReceivedReply,
}

impl Http2Client {
    /// Nothing is opened before it is needed.
    pub fn new(keep: Keep) -> Self {
        Self { received: ReceivedReply::new(keep) }
    }

    /// Sends a request and reads its reply. Sets `wrote` once the server may have seen something
    /// of the request. Dropping the future cancels the stream.
    pub async fn exchange(
        &mut self,
        connector: &Rc<impl Connector>,
        pool: &Http2Pool,
        server: usize,
        request: &Http2Request,
        wrote: &Cell<bool>,
    ) -> Result<ReplySummary, RequestError> {
        let mut refused = None;
        let mut last =
            RequestError::new(Failure::Connect, "connections are closed as soon as they are open");
        let mut tries = 0;
        while tries < TRIES {
            let lease = pool.lease(connector, server, refused.as_ref());
            let session = Rc::clone(&lease.session);
            // On a connection that ended before this point nothing of the request was sent, so
            // trying another one does not send it twice.
            match session.ready().await {
                Ok(()) => {
                    self.received.clear();
                    wrote.set(true);
                    match session.exchange(request, &mut self.received).await {
                        Ok(reply) => return Ok(reply),
                        Err(StreamFailure::Final(error)) => return Err(error),
                        Err(StreamFailure::Unprocessed(error)) => last = error,
                    }
                    wrote.set(false);
                }
                Err(NotReady::Over) => {}
                Err(NotReady::Refused(error)) => last = error,
                Err(NotReady::Failed(error)) => return Err(error),
            }
            // A connection that goes on and refuses is overloaded, whatever it served before.
            if !session.is_over() || !session.has_answered() {
                tries += 1;
                pause_before(tries).await;
            }
            refused = Some(session);
        }
        Err(last)
    }

    /// The last reply's body, as far as it was kept.
    pub fn body(&self) -> &[u8] {
        self.received.body()
    }

    /// The last reply's head, if it was kept: a status line, and a header a line.
    pub fn head(&self) -> &[u8] {
        self.received.head()
    }

    /// The last reply's status of gRPC, if it had one.
    pub fn grpc(&self) -> Option<u16> {
        self.received.grpc()
    }

    /// When the last reply began to come, if it did not come in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        self.received.first_byte()
    }
}

/// Waits before the next try, after so many.
async fn pause_before(tries: u32) {
    if (2..TRIES).contains(&tries) {
        tokio::time::sleep(PAUSE * (1 << (tries - 2))).await;
    }
}
