//! The watches: everything that is seen of the system comes in here, and is stamped with this
//! machine's monotonic clock. The times in objects are of other machines and have whole seconds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use brunt_faults::{Observed, TargetError};
use futures::{Stream, StreamExt};
use indexmap::IndexMap;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::ResourceExt;
use kube::runtime::{WatchStreamExt, watcher};
use tokio::sync::{mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::gaps::{WatchGap, WatchGaps};
use super::pod_state::PodState;
use super::state::{ServiceEvent, SystemState};
use super::workload::Workload;
use super::workload_progress::WorkloadProgress;
use crate::client::connect::Cluster;
use crate::client::object::ObjectKind;

/// How many watches every run has.
const WATCHES: usize = 6;

/// The state of the system, which the watches keep up to date. Clones share it.
#[derive(Clone)]
pub(crate) struct Observer {
    state: Arc<Mutex<SystemState>>,
    gaps: WatchGaps,
    /// How many watches there are, each of which must have listed everything before a run begins.
    watches: usize,
    sender: UnboundedSender<Observed>,
    /// How many watches have listed everything.
    listed: watch::Sender<usize>,
    /// Changes whenever anything does.
    changes: watch::Sender<()>,
}

impl Observer {
    pub(crate) fn new(
        workloads: &IndexMap<String, Workload>,
        sender: UnboundedSender<Observed>,
    ) -> Self {
        Self {
            state: Arc::new(Mutex::new(SystemState::of(workloads))),
            gaps: WatchGaps::default(),
            watches: WATCHES + usize::from(has_daemon_set(workloads)),
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
        let _ = self.listed.subscribe().wait_for(|listed| *listed >= self.watches).await;
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn publish(&self, when: Instant, happened: Vec<ServiceEvent>) {
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

    /// Starts the watches; dropping the set ends them.
    pub(crate) fn follow(&self, cluster: &Cluster) -> JoinSet<()> {
        // Whole objects, not metadata: what happened to a pod is read from its status. A watch that
        // breaks is opened again after a growing pause, as a server that restarts meets all of
        // them.
        let every = watcher::Config::default;
        let pods = watcher(cluster.api::<Pod>(), every()).default_backoff();
        let slices = watcher(cluster.api::<EndpointSlice>(), every()).default_backoff();
        let events = watcher(cluster.api::<Event>(), every()).default_backoff();
        let deployments = watcher(cluster.api::<Deployment>(), every()).default_backoff();
        let sets = watcher(cluster.api::<StatefulSet>(), every()).default_backoff();
        let replica_sets = watcher(cluster.api::<ReplicaSet>(), every()).default_backoff();
        let mut all = JoinSet::new();
        let seen = || self.clone();
        all.spawn(seen().pods(pods).in_current_span());
        all.spawn(seen().slices(slices).in_current_span());
        all.spawn(seen().events(events).in_current_span());
        let progress = WorkloadProgress::of_deployment;
        let deployments = seen().workloads(deployments, ObjectKind::Deployment, progress);
        all.spawn(deployments.in_current_span());
        let progress = WorkloadProgress::of_set;
        let sets = seen().workloads(sets, ObjectKind::StatefulSet, progress);
        all.spawn(sets.in_current_span());
        all.spawn(seen().replica_sets(replica_sets).in_current_span());
        // Only where there is one: few systems have any, and their accounts may not see them.
        if self.watches > WATCHES {
            let daemons = watcher(cluster.api::<DaemonSet>(), every()).default_backoff();
            let progress = WorkloadProgress::of_daemon_set;
            let daemons = seen().workloads(daemons, ObjectKind::DaemonSet, progress);
            all.spawn(daemons.in_current_span());
        }
        all
    }

    async fn pods(self, stream: impl Stream<Item = watcher::Result<watcher::Event<Pod>>>) {
        let mut listed = BTreeSet::new();
        self.each(stream, "pods", |state, event| match event {
            watcher::Event::Init => {
                listed.clear();
                vec![]
            }
            watcher::Event::InitApply(pod) => {
                listed.insert(pod.name_any());
                state.pod(&pod)
            }
            watcher::Event::InitDone => state.only_these_pods(&listed),
            watcher::Event::Apply(pod) => state.pod(&pod),
            watcher::Event::Delete(pod) => state.pod_gone(&pod.name_any()),
        })
        .await;
    }

    async fn replica_sets(
        self,
        stream: impl Stream<Item = watcher::Result<watcher::Event<ReplicaSet>>>,
    ) {
        self.each(stream, "replicasets", |state, event| match event {
            watcher::Event::Apply(set) | watcher::Event::InitApply(set) => {
                let mut happened = state.replica_set(&set);
                let (name, progress) = (set.name_any(), WorkloadProgress::of_replica_set(&set));
                happened.extend(state.workload(ObjectKind::ReplicaSet, &name, progress));
                happened
            }
            // Its pods go after it, and are still the workload's.
            _ => vec![],
        })
        .await;
    }

    async fn slices(
        self,
        stream: impl Stream<Item = watcher::Result<watcher::Event<EndpointSlice>>>,
    ) {
        let mut listed = BTreeSet::new();
        self.each(stream, "endpoints", |state, event| match event {
            watcher::Event::Init => {
                listed.clear();
                vec![]
            }
            watcher::Event::InitApply(slice) => {
                listed.insert(slice.name_any());
                state.slice(&slice)
            }
            watcher::Event::InitDone => state.only_these_slices(&listed),
            watcher::Event::Apply(slice) => state.slice(&slice),
            watcher::Event::Delete(slice) => state.slice_gone(&slice.name_any()),
        })
        .await;
    }

    async fn events(self, stream: impl Stream<Item = watcher::Result<watcher::Event<Event>>>) {
        self.each(stream, "events", |state, event| match event {
            // Events that were listed are older than the run.
            watcher::Event::Apply(event) => state.event(&event),
            _ => vec![],
        })
        .await;
    }

    async fn workloads<K>(
        self,
        stream: impl Stream<Item = watcher::Result<watcher::Event<K>>>,
        kind: ObjectKind,
        progress: impl Fn(&K) -> WorkloadProgress,
    ) where
        K: ResourceExt,
    {
        let what = match kind {
            ObjectKind::StatefulSet => "statefulsets",
            _ => "deployments",
        };
        self.each(stream, what, |state, event| match event {
            watcher::Event::Apply(one) | watcher::Event::InitApply(one) => {
                state.workload(kind, &one.name_any(), progress(&one))
            }
            _ => vec![],
        })
        .await;
    }

    /// Folds what a watch brings into the state. A watch that breaks, or has to list everything
    /// again, has not seen what happened meanwhile, or when: that is a gap.
    async fn each<K>(
        &self,
        stream: impl Stream<Item = watcher::Result<watcher::Event<K>>>,
        what: &str,
        mut take: impl FnMut(&mut SystemState, watcher::Event<K>) -> Vec<ServiceEvent>,
    ) {
        let mut stream = std::pin::pin!(stream);
        let mut before = false;
        while let Some(event) = stream.next().await {
            let when = Instant::now();
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    self.gaps.begin(when, what, &error.to_string());
                    continue;
                }
            };
            match event {
                watcher::Event::Init if before => {
                    self.gaps.begin(when, what, "it had to list everything again");
                }
                // A gap ends with the list: until it is complete, objects that are gone still count
                // as there.
                watcher::Event::Init | watcher::Event::InitApply(_) => {}
                watcher::Event::InitDone if !before => {
                    before = true;
                    self.listed.send_modify(|listed| *listed += 1);
                }
                _ => self.gaps.end(when, what),
            }
            let happened = take(&mut self.state(), event);
            self.publish(when, happened);
        }
    }
}

fn has_daemon_set(workloads: &IndexMap<String, Workload>) -> bool {
    workloads.values().any(|one| one.object.kind == ObjectKind::DaemonSet)
}
