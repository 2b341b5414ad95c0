//! What edge proxies have counted.

use brunt_proxy::TrafficCounts;
use brunt_scenarios::timeline::EdgeRecord;

use super::proxies::EdgeProxies;
use crate::observe::watcher::Observer;

impl EdgeProxies {
    /// The requests that went through edge proxies up to now, a record an edge. An edge whose proxy
    /// has not counted all of them is left out.
    pub(crate) async fn edge_records(&self) -> Vec<EdgeRecord> {
        let mut edges = Vec::new();
        for (callee, _) in self.all() {
            // Counts that are not complete would make checks fail that hold.
            let Some(counts) = self.counts(&callee).await else { continue };
            let has_called =
                |from: &str| counts.edges.iter().any(|edge| edge.from.as_deref() == Some(from));
            let silent = self.callers(&callee).filter(|from| !has_called(from));
            // A caller without requests is a count of zero, not a count that is missing.
            edges.extend(silent.map(|from| no_requests(from, &callee)));
            edges.extend(counts.edges);
        }
        edges
    }

    /// How many calls one replica of a service has made to another service up to now.
    pub(crate) async fn calls_of_replica(
        &self,
        observer: &Observer,
        (caller, replica): (&str, u32),
        callee: &str,
    ) -> u64 {
        let address = observer.state().pod_at(caller, replica).and_then(|pod| pod.address);
        let counts = self.counts(callee).await;
        let calls = |counts: TrafficCounts| counts.requests_by_address.get(&address?).copied();
        counts.and_then(calls).unwrap_or_default()
    }

    async fn counts(&self, callee: &str) -> Option<TrafficCounts> {
        let proxy = self.before(callee)?;
        proxy.control.lock().await.count().await.ok()?
    }
}

fn no_requests(from: &str, to: &str) -> EdgeRecord {
    EdgeRecord { from: Some(from.to_owned()), to: to.to_owned(), ..EdgeRecord::default() }
}
