//! What a stream of HTTP/2 meets besides what any request and reply do: it may be open for long, so
//! that faults begin and end meanwhile.

use std::time::Duration;

use brunt_scenarios::plan::EdgeFault;

use super::active_fault::FaultId;
use super::{ActiveFaults, ReplyAction, reply};
use crate::endpoints::EndpointAddress;

impl ActiveFaults {
    /// Another number whenever a fault has begun or ended; 0 until the first one.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(std::sync::atomic::Ordering::Acquire)
    }

    /// The latest fault; 0 before the first one.
    pub(crate) fn last_id(&self) -> FaultId {
        FaultId(self.table().last_id)
    }

    pub(crate) fn is_in_force(&self, id: FaultId) -> bool {
        self.table().active.iter().any(|active| active.id == id)
    }

    /// Whether a fault cuts an open stream that began after the fault `seen`, which becomes
    /// the latest one.
    pub(crate) fn cuts_open_stream(&self, seen: &mut FaultId) -> bool {
        let mut table = self.table();
        let before = std::mem::replace(&mut seen.0, table.last_id);
        let is_cut = |fault: &EdgeFault| matches!(fault, EdgeFault::Cut);
        let new = table.active.iter_mut().filter(|active| active.id.0 > before);
        new.filter(|active| is_cut(&active.fault)).map(|active| active.hits += 1).count() > 0
    }

    /// What the reply of a stream meets, besides latencies.
    pub(crate) fn on_stream_reply(&self, from: &EndpointAddress) -> ReplyAction {
        reply::action(&mut self.table().active, from, false)
    }

    /// How much later a stream's replies from this endpoint are passed on. `decided` has the faults
    /// that the stream has met and whether each hits it; new ones are added.
    pub(crate) fn latency(
        &self,
        from: &EndpointAddress,
        decided: &mut Vec<(FaultId, bool)>,
    ) -> Duration {
        reply::latency(&mut self.table().active, from, decided)
    }
}
