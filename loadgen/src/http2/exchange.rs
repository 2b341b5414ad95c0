//! One request and its reply.

use std::cell::Cell;
use std::rc::Rc;

use brunt_scenarios::timeline::Failure;

use super::{Http2Request, ReceivedReply};
use crate::client::RequestError;
use crate::engine::WorkerLoad;
use crate::http1::Reply;
use crate::job::PreparedRequest;

/// How often a connection may end between being chosen and being used before a request
/// counts as failed.
const TRIES: usize = 3;

/// Sends a request on one of the lane's connections and reads its reply. Dropping the future
/// cancels the stream.
pub(crate) async fn exchange(
    lane: &Rc<WorkerLoad>,
    server: usize,
    request: &PreparedRequest,
    wrote: &Cell<bool>,
    received: &mut ReceivedReply,
) -> Result<Reply, RequestError> {
    received.clear();
    let parsed;
    let message = match &request.message {
        Some(message) => message,
        None => {
            parsed = Http2Request::parse(&request.bytes, lane.ready.servers[server].scheme());
            parsed
                .as_ref()
                .ok_or(RequestError::new(Failure::Protocol, "a request that HTTP/2 cannot carry"))?
        }
    };
    for _ in 0..TRIES {
        let lease = lane.pool.lease(lane, server);
        // Nothing was sent on a connection that ended before.
        if lease.session.ready().await? {
            wrote.set(true);
            return lease.session.exchange(message, received).await;
        }
    }
    Err(RequestError::new(Failure::Connect, "connections end as soon as they are open"))
}
