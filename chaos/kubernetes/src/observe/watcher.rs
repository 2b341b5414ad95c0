//! The watches: everything that is seen of the system comes in here, and is stamped with this
//! machine's monotonic clock.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use brunt_faults::Observed;
use futures::{Stream, StreamExt};
use indexmap::IndexMap;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::ResourceExt;
use kube::runtime::{WatchStreamExt, watcher};
use tokio::sync::{mpsc::UnboundedSender, watch};
use tokio::task::JoinSet;

use crate::client::connect::Cluster;
use crate::observe::state::{ServiceEvent, SystemState};
use crate::observe::workload::Workload;
use crate::observe::workload_progress::WorkloadProgress;

/// How many of the watches must have listed everything before anything is done.
const WATCHES: usize = 5;

/// Something that a watch did not see: when it broke, and when it saw again.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchGap {
    /// When it broke.
    pub from: Instant,
    /// When it saw again; `None` while it does not.
    pub to: Option<Instant>,
    /// What is not known, in words.
    pub what: String,
}

/// What the watches share.
#[derive(Clone)]
pub(crate) struct Observer {
    state: Arc<Mutex<SystemState>>,
    gaps: Arc<Mutex<Vec<WatchGap>>>,
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
            gaps: Arc::default(),
            sender,
            listed: watch::Sender::new(0),
            changes: watch::Sender::new(()),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, SystemState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn gaps(&self) -> Vec<WatchGap> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until every watch has listed everything.
    pub(crate) async fn complete(&self) {
        let _ = self.listed.subscribe().wait_for(|listed| *listed >= WATCHES).await;
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn tell(&self, when: Instant, happened: Vec<ServiceEvent>) {
        for (service, replica, what) in happened {
            // Nobody needs to listen.
            let _ = self.sender.send(Observed { when, service, replica, what });
        }
        self.changes.send_replace(());
    }

    /// Begins to watch.
    pub(crate) fn follow(
        &self,
        cluster: &Cluster,
        workloads: &IndexMap<String, Workload>,
    ) -> JoinSet<()> {
        let mut all = JoinSet::new();
        let every = watcher::Config::default;
        all.spawn(self.clone().pods(watcher(cluster.api::<Pod>(), every()).default_backoff()));
        all.spawn(
            self.clone().slices(watcher(cluster.api::<EndpointSlice>(), every()).default_backoff()),
        );
        all.spawn(self.clone().events(watcher(cluster.api::<Event>(), every()).default_backoff()));
        let services = |wanted| {
            let of_kind = workloads.iter().filter(move |(_, one)| one.object.kind == wanted);
            of_kind
                .map(|(service, one)| (one.object.name.clone(), service.clone()))
                .collect::<Vec<_>>()
        };
        let deployments = services(crate::client::object::ObjectKind::Deployment);
        let stream = watcher(cluster.api::<Deployment>(), every()).default_backoff();
        all.spawn(self.clone().workloads(
            stream,
            deployments,
            "deployments",
            WorkloadProgress::of_deployment,
        ));
        let sets = services(crate::client::object::ObjectKind::StatefulSet);
        let stream = watcher(cluster.api::<StatefulSet>(), every()).default_backoff();
        all.spawn(self.clone().workloads(stream, sets, "statefulsets", WorkloadProgress::of_set));
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
            // What was there before belongs to earlier times.
            watcher::Event::Apply(event) => state.event(&event),
            _ => vec![],
        })
        .await;
    }

    async fn workloads<K>(
        self,
        stream: impl Stream<Item = watcher::Result<watcher::Event<K>>>,
        services: Vec<(String, String)>,
        what: &'static str,
        progress: impl Fn(&K) -> WorkloadProgress,
    ) where
        K: ResourceExt,
    {
        self.each(stream, what, |state, event| match event {
            watcher::Event::Apply(one) | watcher::Event::InitApply(one) => {
                let service = services.iter().find(|(name, _)| *name == one.name_any());
                service
                    .map(|(_, service)| state.workload(service, progress(&one)))
                    .unwrap_or_default()
            }
            _ => vec![],
        })
        .await;
    }

    /// Takes what a watch brings. One that breaks, or has to list anew, has not seen what happened
    /// meanwhile, or when.
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
                    self.broke(when, what, &error.to_string());
                    continue;
                }
            };
            match event {
                watcher::Event::Init if before => {
                    self.broke(when, what, "it had to list everything anew")
                }
                watcher::Event::Init | watcher::Event::InitApply(_) => {}
                watcher::Event::InitDone if !before => {
                    before = true;
                    self.listed.send_modify(|listed| *listed += 1);
                }
                _ => self.sees_again(when, what),
            }
            let happened = take(&mut self.state(), event);
            self.tell(when, happened);
        }
    }

    fn broke(&self, when: Instant, what: &str, why: &str) {
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = gaps.iter().any(|gap| gap.to.is_none() && gap.what.starts_with(what));
        if !goes_on {
            gaps.push(WatchGap { from: when, to: None, what: format!("{what}: {why}") });
        }
    }

    fn sees_again(&self, when: Instant, what: &str) {
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        for gap in gaps.iter_mut().filter(|gap| gap.to.is_none() && gap.what.starts_with(what)) {
            gap.to = Some(when);
        }
    }
}
