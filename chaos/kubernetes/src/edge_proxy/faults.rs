//! What a stand-in does and has seen: faults set and lifted, and counts.

use brunt_faults::{EdgeHandle, TargetError};
use brunt_proxy::{ControlReply, ControlRequest, TrafficCounts, WireFault};
use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::timeline::EdgeRecord;

use crate::client::object::ChangeMode;
use crate::run::ClusterRun;
use crate::run::target::refused;

impl ClusterRun {
    pub(crate) async fn break_between(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        let no_edge = || TargetError::NoEdge { from: from.to_owned(), to: to.to_owned() };
        if !self.between.wants(from, to) {
            return Err(no_edge());
        }
        self.note(format!("Requests of {from} to {to}, at the stand-in"));
        if self.touch == ChangeMode::DryRun {
            return Ok(EdgeHandle(0));
        }
        self.in_time().map_err(refused)?;
        let stand_in = self.between.at(to).ok_or_else(no_edge)?;
        let order =
            ControlRequest::Inject { from: Some(from.to_owned()), fault: WireFault::from(fault) };
        match stand_in.line.lock().await.tell(&order).await.map_err(refused)? {
            ControlReply::Injected { id } => Ok(EdgeHandle(id)),
            other => {
                Err(TargetError::platform(format!("the stand-in for {to} answered {other:?}")))
            }
        }
    }

    pub(crate) async fn mend_between(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        let Some(stand_in) = self.between.at(to) else {
            return Ok(0);
        };
        let order = ControlRequest::Recover { from: Some(from.to_owned()), id: handle.0 };
        match stand_in.line.lock().await.tell(&order).await.map_err(refused)? {
            // One that went with a line that broke has hit nothing that is known.
            ControlReply::Recovered { hits } => Ok(hits.unwrap_or_default()),
            other => {
                Err(TargetError::platform(format!("the stand-in for {to} answered {other:?}")))
            }
        }
    }

    /// Requests that came by at stand-ins up to now. What is not known in full is not told.
    pub async fn edges(&self) -> Vec<EdgeRecord> {
        let mut edges = Vec::new();
        for (callee, _) in self.between.all() {
            let Some(counted) = self.counted(&callee).await else { continue };
            let came =
                |from: &str| counted.edges.iter().any(|edge| edge.from.as_deref() == Some(from));
            let silent = self.between.callers(&callee).filter(|from| !came(from));
            // That nobody came is known too.
            edges.extend(silent.map(|from| no_requests(from, &callee)));
            edges.extend(counted.edges);
        }
        edges
    }

    /// How many calls one replica of a service has made to another service up to now.
    pub async fn calls(&self, caller: &str, replica: u32, callee: &str) -> u64 {
        let address = self.seen.state().pod_at(caller, replica).and_then(|pod| pod.address);
        let counted = self.counted(callee).await;
        let asked = |counted: TrafficCounts| counted.requests_by_address.get(&address?).copied();
        counted.and_then(asked).unwrap_or_default()
    }

    async fn counted(&self, callee: &str) -> Option<TrafficCounts> {
        let stand_in = self.between.at(callee)?;
        stand_in.line.lock().await.count().await.ok()?
    }
}

fn no_requests(from: &str, to: &str) -> EdgeRecord {
    EdgeRecord {
        from: Some(from.to_owned()),
        to: to.to_owned(),
        requests: 0,
        reached: 0,
        faulted: 0,
    }
}
