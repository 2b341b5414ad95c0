//! The watches, each of which folds what it sees of one namespace into the observer's state.

use std::collections::BTreeSet;
use std::time::Instant;

use futures::{Stream, StreamExt};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::api::Api;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tokio::task::JoinSet;
use tracing::Instrument;

use super::state::{NamespaceState, ServiceEvent};
use super::watched::Watched;
use super::watcher::Observer;
use super::workload_progress::WorkloadProgress;
use crate::client::connect::Cluster;
use crate::client::object::ObjectKind;

/// Starts the watches of an observer; dropping the set ends them.
pub(crate) fn follow(observer: &Observer, cluster: &Cluster) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for (namespace, kinds) in observer.watched() {
        let there = cluster.within(namespace);
        for kind in kinds {
            NamespaceWatch::new(observer, &there).follow(*kind, &mut all);
        }
    }
    all
}

/// Folds what happens in one namespace into the observer's state.
struct NamespaceWatch {
    observer: Observer,
    cluster: Cluster,
    /// What tells its gaps from those of other namespaces; empty where there is one alone.
    place: String,
}

impl NamespaceWatch {
    fn new(observer: &Observer, cluster: &Cluster) -> Self {
        let place = match observer.watched().len() {
            1 => String::new(),
            _ => format!(" of {}", cluster.namespace),
        };
        Self { observer: observer.clone(), cluster: cluster.clone(), place }
    }

    /// Starts the watch of these objects.
    fn follow(self, what: Watched, all: &mut JoinSet<()>) {
        let cluster = self.cluster.clone();
        match what {
            Watched::Pods => {
                all.spawn(self.pods(watch(cluster.api())).in_current_span());
            }
            Watched::Slices => {
                all.spawn(self.slices(watch(cluster.api())).in_current_span());
            }
            Watched::Events => {
                all.spawn(self.events(watch(cluster.api())).in_current_span());
            }
            Watched::ReplicaSets => {
                all.spawn(self.replica_sets(watch(cluster.api())).in_current_span());
            }
            Watched::Deployments => {
                let stream = watch(cluster.api::<Deployment>());
                let (kind, progress) = (ObjectKind::Deployment, WorkloadProgress::of_deployment);
                all.spawn(self.workloads(stream, kind, progress).in_current_span());
            }
            Watched::StatefulSets => {
                let stream = watch(cluster.api::<StatefulSet>());
                let (kind, progress) = (ObjectKind::StatefulSet, WorkloadProgress::of_set);
                all.spawn(self.workloads(stream, kind, progress).in_current_span());
            }
            Watched::DaemonSets => {
                let stream = watch(cluster.api::<DaemonSet>());
                let (kind, progress) = (ObjectKind::DaemonSet, WorkloadProgress::of_daemon_set);
                all.spawn(self.workloads(stream, kind, progress).in_current_span());
            }
            Watched::Rollouts => {
                let kind = ObjectKind::Rollout;
                let (stream, progress) = (watch(kind.api(&cluster)), WorkloadProgress::of_rollout);
                all.spawn(self.workloads(stream, kind, progress).in_current_span());
            }
        }
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
        let what = kind.resource().plural;
        self.each(stream, &what, |state, event| match event {
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
        mut take: impl FnMut(&mut NamespaceState, watcher::Event<K>) -> Vec<ServiceEvent>,
    ) {
        let what = &format!("{what}{}", self.place);
        let mut stream = std::pin::pin!(stream);
        let mut before = false;
        while let Some(event) = stream.next().await {
            let when = Instant::now();
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    self.observer.watch_gaps().begin(when, what, &error.to_string());
                    continue;
                }
            };
            match event {
                watcher::Event::Init if before => {
                    self.observer.watch_gaps().begin(when, what, "it had to list everything again");
                }
                // A gap ends with the list: until it is complete, objects that are gone still count
                // as there.
                watcher::Event::Init | watcher::Event::InitApply(_) => {}
                watcher::Event::InitDone if !before => {
                    before = true;
                    self.observer.has_listed();
                }
                _ => self.observer.watch_gaps().end(when, what),
            }
            let happened = take(self.observer.state().namespace(&self.cluster.namespace), event);
            self.observer.publish(when, happened);
        }
    }
}

/// Whole objects, not metadata: what happened to a pod is read from its status. A watch that breaks
/// is opened again after a growing pause, as a server that restarts meets all of them.
fn watch<K>(api: Api<K>) -> impl Stream<Item = watcher::Result<watcher::Event<K>>> + Send + 'static
where
    K: Resource + Clone + DeserializeOwned + std::fmt::Debug + Send + 'static,
{
    watcher(api, watcher::Config::default()).default_backoff()
}
