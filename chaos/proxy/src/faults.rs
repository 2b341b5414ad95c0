//! The faults that are in force on an edge. What each does to a new connection is in
//! `faults/connection.rs`, to its bytes in `faults/bytes.rs` and `faults/stream.rs`, to a request
//! in `faults/request.rs`, to a reply in `faults/reply.rs`.

mod active_fault;
mod bytes;
mod chance;
mod connection;
mod open_stream;
mod reply;
mod request;
mod stream;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brunt_scenarios::plan::{EdgeDirection, EdgeFault, Pick};
use tokio::sync::watch;

use crate::byte_limit::ByteLimit;
use crate::endpoints::EndpointAddress;
use active_fault::ActiveFault;
pub use active_fault::FaultId;
pub(crate) use bytes::ByteFaults;
pub(crate) use connection::ConnectionAction;
pub(crate) use reply::ReplyAction;
pub(crate) use request::RequestAction;
pub(crate) use stream::{StreamFaults, StreamState};

#[derive(Debug, Default)]
pub(crate) struct ActiveFaults {
    table: Mutex<FaultTable>,
    /// Changes whenever a fault begins or ends.
    changes: watch::Sender<()>,
    /// How often that has happened.
    generation: AtomicU64,
    /// Those of what is written on connections.
    on_streams: watch::Sender<StreamFaults>,
}

#[derive(Debug, Default)]
struct FaultTable {
    last_id: u64,
    /// In the order in which they were injected.
    active: Vec<ActiveFault>,
}

impl ActiveFaults {
    /// `endpoints` are the callee's at this time: a fault that hits some of them picks now.
    pub(crate) fn inject(
        &self,
        fault: EdgeFault,
        endpoints: Vec<EndpointAddress>,
        seed: u64,
    ) -> FaultId {
        let mut table = self.table();
        table.last_id += 1;
        let id = FaultId(table.last_id);
        let limit = match fault {
            EdgeFault::Bandwidth { bytes_per_second, .. } => Some(ByteLimit::new(bytes_per_second)),
            _ => None,
        };
        let only = picked(fault, endpoints, seed);
        table.active.push(ActiveFault { id, fault, only, limit, hits: 0 });
        self.announce(&table);
        id
    }

    /// Ends a fault; `None` when it is not in force any more.
    pub(crate) fn recover(&self, id: FaultId) -> Option<ActiveFault> {
        let mut table = self.table();
        let index = table.active.iter().position(|active| active.id == id)?;
        let ended = table.active.remove(index);
        if let Some(limit) = &ended.limit {
            limit.lift();
        }
        self.announce(&table);
        Some(ended)
    }

    /// Tells open connections of a change.
    fn announce(&self, table: &FaultTable) {
        let on_streams = stream::in_force(&table.active);
        // Connections look at this one before each write, so it changes only when it must.
        self.on_streams.send_if_modified(|before| {
            let ids = |faults: &StreamFaults| faults.iter().map(|one| one.id).collect::<Vec<_>>();
            let is_new = ids(before) != ids(&on_streams);
            *before = on_streams;
            is_new
        });
        self.generation.fetch_add(1, Ordering::Release);
        self.changes.send_replace(());
    }

    /// Sees the faults of what is written on connections, now and later.
    pub(crate) fn on_streams(&self) -> watch::Receiver<StreamFaults> {
        self.on_streams.subscribe()
    }

    /// Waits until a fault is not in force any more.
    pub(crate) async fn until_recovered(&self, id: FaultId) {
        // Subscribed before it looks, so that no end of a fault is missed.
        let mut changes = self.changes();
        while self.table().active.iter().any(|active| active.id == id) {
            // It cannot fail: the sender lives as long as this object.
            let _ = changes.changed().await;
        }
    }

    /// Sees every beginning and end of a fault from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Whether a connection that has just been accepted is refused.
    pub(crate) fn refuse_connection(&self) -> bool {
        connection::is_refused(&mut self.table().active)
    }

    /// What an open connection meets whose requests are not seen. It counts as hit each time.
    pub(crate) fn on_open_connection(&self) -> ConnectionAction {
        connection::action(&mut self.table().active)
    }

    /// What bytes meet that go in a direction, between a caller and this endpoint. It counts as hit
    /// with [`ActiveFaults::count_hit`], once bytes have met it. `is_hit` tells which faults hit
    /// the connection that hit this share of all.
    pub(crate) fn on_bytes(
        &self,
        direction: EdgeDirection,
        endpoint: &EndpointAddress,
        is_hit: impl Fn(FaultId, f64) -> bool,
    ) -> ByteFaults {
        bytes::in_force(&self.table().active, direction, endpoint, is_hit)
    }

    /// Counts a connection that a fault has hit.
    pub(crate) fn count_hit(&self, id: FaultId) {
        if let Some(active) = self.table().active.iter_mut().find(|active| active.id == id) {
            active.hits += 1;
        }
    }

    /// What a request that has just arrived meets: the first fault that hits it decides.
    /// `is_grpc`: whether it is a call of gRPC.
    pub(crate) fn on_request(&self, is_grpc: bool) -> RequestAction {
        request::action(&mut self.table().active, is_grpc)
    }

    /// How much later a request goes to the callee.
    pub(crate) fn request_delay(&self) -> Duration {
        request::delay(&mut self.table().active)
    }

    /// What a reply of this endpoint meets. It meets the faults that are in force when it comes,
    /// whichever were when its request went out.
    pub(crate) fn on_reply(&self, from: &EndpointAddress) -> ReplyAction {
        reply::action(&mut self.table().active, from, true)
    }

    /// The limit of a request or a reply that nothing else has stopped: of several, the lowest.
    pub(crate) fn limit(&self, direction: EdgeDirection) -> Option<Arc<ByteLimit>> {
        let mut table = self.table();
        let limits = table.active.iter_mut().filter_map(|active| match active.fault {
            EdgeFault::Bandwidth { scope, .. }
                if scope.direction.includes(direction) && chance::happens(scope.share) =>
            {
                active.hits += 1;
                active.limit.clone()
            }
            _ => None,
        });
        limits.min_by_key(|limit| limit.bytes_per_second())
    }

    fn table(&self) -> MutexGuard<'_, FaultTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The faults as a log shows them.
impl fmt::Display for ActiveFaults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table();
        out.write_str(&list_faults(table.active.iter().map(|active| active.fault)))
    }
}

/// The faults of an edge as a log shows them, wherever they are injected.
pub fn list_faults(faults: impl IntoIterator<Item = EdgeFault>) -> String {
    let shown: Vec<String> = faults.into_iter().map(|fault| fault.to_string()).collect();
    match shown.is_empty() {
        true => "no fault".to_owned(),
        false => shown.join(", "),
    }
}

/// Replicas are picked once, when the fault begins: one replica is slow all the time, not each one
/// now and then. With the same seed, the same hosts are picked at all of their ports.
fn picked(
    fault: EdgeFault,
    mut endpoints: Vec<EndpointAddress>,
    seed: u64,
) -> Option<Vec<EndpointAddress>> {
    match fault {
        EdgeFault::Latency { pick: Pick::All, .. } => None,
        EdgeFault::Latency { pick, .. } => {
            let number = pick.of(endpoints.len());
            endpoints.sort();
            Some(fastrand::Rng::with_seed(seed).choose_multiple(endpoints, number))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
