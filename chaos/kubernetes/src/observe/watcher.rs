//! What is seen of the system: everything that the watches bring comes in here, and is stamped with
//! this machine's monotonic clock. The times in objects are of other machines and have whole
//! seconds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use brunt_faults::{Observed, TargetError};
use indexmap::IndexMap;
use tokio::sync::{mpsc::UnboundedSender, watch};

use super::gaps::{WatchGap, WatchGaps};
use super::pod_state::PodState;
use super::services::ClusterServices;
use super::state::ServiceEvent;
use super::system_state::SystemState;
use super::watched::Watched;

/// The state of the system, which the watches keep up to date. Clones share it.
#[derive(Clone)]
pub(crate) struct Observer {
    state: Arc<Mutex<SystemState>>,
    gaps: WatchGaps,
    /// What is watched, by namespace. Each watch must have listed everything before a run begins.
    watched: IndexMap<String, Vec<Watched>>,
    sender: UnboundedSender<Observed>,
    /// How many watches have listed everything.
    listed: watch::Sender<usize>,
    /// Changes whenever anything does.
    changes: watch::Sender<()>,
}

impl Observer {
    /// Of these namespaces; what happens comes over the channel.
    pub(crate) fn new(services: &ClusterServices, sender: UnboundedSender<Observed>) -> Self {
        let workloads = &services.workloads;
        let in_each = services.namespaces().into_iter().map(|name| {
            let kinds = Watched::of(workloads.values().filter(|one| one.namespace == name));
            (name, kinds)
        });
        Self {
            state: Arc::new(Mutex::new(SystemState::of(workloads))),
            gaps: WatchGaps::default(),
            watched: in_each.collect(),
            sender,
            listed: watch::Sender::new(0),
            changes: watch::Sender::new(()),
        }
    }

    /// The state, locked. It must not be held across an await: the watches need it.
    pub(crate) fn state(&self) -> MutexGuard<'_, SystemState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn gaps(&self) -> Vec<WatchGap> {
        self.gaps.all()
    }

    /// Waits until every watch has listed everything.
    pub(crate) async fn complete(&self) {
        let watches = self.watched.values().map(Vec::len).sum();
        let _ = self.listed.subscribe().wait_for(|listed| *listed >= watches).await;
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// What is watched, by namespace.
    pub(super) fn watched(&self) -> &IndexMap<String, Vec<Watched>> {
        &self.watched
    }

    pub(super) fn watch_gaps(&self) -> &WatchGaps {
        &self.gaps
    }

    /// Another watch has listed everything.
    pub(super) fn has_listed(&self) {
        self.listed.send_modify(|listed| *listed += 1);
    }

    pub(super) fn publish(&self, when: Instant, happened: Vec<ServiceEvent>) {
        for (service, replica, what) in happened {
            // A dry run does not listen.
            let _ = self.sender.send(Observed { when, service, replica, what });
        }
        // Waiters look at the state themselves, so a change that came while they looked is enough.
        self.changes.send_replace(());
    }

    /// How many pods of a service get requests now.
    pub(crate) fn ready_pods(&self, service: &str) -> u32 {
        let state = self.state();
        state.pods(service).iter().map(|pod| u32::from(state.gets_requests(pod))).sum()
    }

    /// One pod of a service, running or not.
    pub(crate) fn pod(&self, service: &str, replica: u32) -> Result<PodState, TargetError> {
        let gone = || TargetError::Gone { service: service.to_owned(), replica };
        self.state().pod_at(service, replica).ok_or_else(gone)
    }
}
