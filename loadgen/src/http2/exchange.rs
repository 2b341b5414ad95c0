//! One request and its reply.

use std::cell::Cell;
use std::rc::Rc;

use brunt_scenarios::timeline::Failure;

use super::{Message, Received};
use crate::client::Missed;
use crate::engine::Lane;
use crate::http1::Reply;
use crate::job::Prepared;

/// How often a connection may end between being chosen and being used before a request
/// counts as failed.
const TRIES: usize = 3;

/// Sends a request on one of the lane's connections and reads its reply. Dropping the future
/// cancels the stream.
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
            parsed
                .as_ref()
                .ok_or(Missed::new(Failure::Protocol, "a request that HTTP/2 cannot carry"))?
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
    Err(Missed::new(Failure::Connect, "connections end as soon as they are open"))
}
