//! What is seen of a namespace while a run is on, by somebody who knows nothing of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DynamicObject};
use kube::runtime::{WatchStreamExt, watcher};
use tokio::task::JoinSet;

use super::strangers::{Owners, facts, restarts};
use super::{Lab, Target};
use crate::shop::resource;
use crate::snapshot::{self, Snapshot};

/// Kinds of objects that a fault could change.
const KINDS: [&str; 10] = [
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "ConfigMap",
    "Secret",
    "Service",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
];

/// What was seen, event by event: nothing is too short to be seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What happened to pods that are none of the service's.
    pub strangers: BTreeSet<String>,
    /// Objects that were changed, added or removed; those of the run itself are left out.
    pub changed: BTreeSet<String>,
    /// How many replicas of the beginning went.
    pub gone: usize,
    /// The containers that were started again in their pods.
    pub restarted: BTreeSet<String>,
    /// The fewest and the most replicas at one time, of those that were not on their way out.
    pub fewest: usize,
    pub most: usize,
}

impl Seen {
    /// Whether anything at all happened to the service or to an object.
    pub fn anything(&self) -> bool {
        self.gone > 0
            || !self.restarted.is_empty()
            || !self.changed.is_empty()
            || self.fewest != self.most
    }
}

/// What is told of one kind of object.
#[derive(Debug, Clone)]
pub enum Sighting {
    There(String, Box<DynamicObject>),
    Gone(String, String),
    /// These are there, and no others: a watch has begun again.
    Only(String, BTreeSet<String>),
}

/// What a run adds for itself is called so.
fn is_the_runs_own(name: &str) -> bool {
    name.starts_with("brunt-")
}

/// Somebody who looks on.
pub struct Watching {
    target: Target,
    before: Snapshot,
    sightings: Arc<Mutex<Vec<Sighting>>>,
    _watches: JoinSet<()>,
}

impl Watching {
    /// Begins to look, at what is as it was `before`.
    pub fn start(lab: &Lab, target: Target, before: Snapshot) -> Self {
        let sightings = Arc::default();
        let mut watches = JoinSet::new();
        let replica_sets = resource("apps", "v1", "ReplicaSet", "replicasets");
        let kinds = lab.shop.kinds.iter().filter(|one| KINDS.contains(&one.kind.as_str()));
        for kind in kinds.chain([&replica_sets]) {
            let api = lab.shop.api(kind);
            watches.spawn(follow(kind.kind.clone(), api, Arc::clone(&sightings)));
        }
        Self { target, before, sightings, _watches: watches }
    }

    pub fn stop(self) -> Seen {
        let sightings = self.sightings.lock().unwrap();
        evaluate(&sightings, &self.before, &self.target)
    }
}

async fn follow(kind: String, api: Api<DynamicObject>, sightings: Arc<Mutex<Vec<Sighting>>>) {
    // The program of foreign apps is large, and nobody's to change.
    let config = watcher::Config::default().fields("metadata.name!=parcel");
    let mut events = std::pin::pin!(watcher(api, config).default_backoff());
    let mut listed = BTreeSet::new();
    let there = |one| Sighting::There(kind.clone(), Box::new(one));
    while let Some(event) = events.next().await {
        let sighting = match event {
            Ok(watcher::Event::Apply(one)) => there(one),
            Ok(watcher::Event::InitApply(one)) => {
                listed.insert(one.name_any());
                there(one)
            }
            Ok(watcher::Event::Delete(one)) => Sighting::Gone(kind.clone(), one.name_any()),
            Ok(watcher::Event::InitDone) => {
                Sighting::Only(kind.clone(), std::mem::take(&mut listed))
            }
            // It begins again by itself.
            Ok(watcher::Event::Init) | Err(_) => continue,
        };
        sightings.lock().unwrap().push(sighting);
    }
}

/// What is folded from sightings.
struct Fold<'a> {
    before: &'a Snapshot,
    owners: Owners,
    seen: Seen,
    /// Name of each replica → its uid, whether it is on its way out, restarts of its containers.
    replicas: BTreeMap<String, Replica>,
    /// The uids of the beginning, and of those that went.
    first: BTreeSet<String>,
    gone: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Replica {
    uid: String,
    leaving: bool,
    restarts: BTreeMap<String, i32>,
}

/// What all sightings come to.
fn evaluate(sightings: &[Sighting], before: &Snapshot, target: &Target) -> Seen {
    let sets = sightings.iter().filter_map(|one| match one {
        Sighting::There(kind, set) if kind == "ReplicaSet" => Some(&**set),
        _ => None,
    });
    let owners = Owners::of(target, sets.map(|set| (set.name_any(), &set.metadata)));
    let (seen, none) = (Seen::default(), BTreeMap::new());
    let (first, gone) = (BTreeSet::new(), BTreeSet::new());
    let mut fold = Fold { before, owners, seen, replicas: none, first, gone };
    let mut has_begun = false;
    for sighting in sightings {
        fold.note(sighting, &mut has_begun);
    }
    Seen { gone: fold.gone.len(), ..fold.seen }
}

impl Fold<'_> {
    fn note(&mut self, sighting: &Sighting, has_begun: &mut bool) {
        match sighting {
            Sighting::There(kind, pod) if kind == "Pod" => self.pod(pod),
            Sighting::There(kind, _) | Sighting::Gone(kind, _) if kind == "ReplicaSet" => {}
            Sighting::There(kind, one) => self.object(kind, &one.name_any(), Some(one)),
            Sighting::Gone(kind, name) => self.gone(kind, name),
            Sighting::Only(kind, names) => {
                let prefix = format!("{kind} ");
                let known = self.before.keys().filter_map(|key| key.strip_prefix(&prefix));
                let replicas = self.replicas.keys().filter(|_| kind == "Pod").map(String::as_str);
                let lost: Vec<String> = known
                    .chain(replicas)
                    .filter(|name| !names.contains(*name))
                    .map(str::to_owned)
                    .collect();
                lost.iter().for_each(|name| self.gone(kind, name));
                if kind == "Pod" && !*has_begun {
                    *has_begun = true;
                    self.first = self.replicas.values().map(|one| one.uid.clone()).collect();
                    (self.seen.fewest, self.seen.most) = (self.replicas.len(), self.replicas.len());
                }
            }
        }
        if *has_begun {
            let now = self.replicas.values().filter(|one| !one.leaving).count();
            self.seen.fewest = self.seen.fewest.min(now);
            self.seen.most = self.seen.most.max(now);
        }
    }

    fn object(&mut self, kind: &str, name: &str, now: Option<&DynamicObject>) {
        let key = format!("{kind} {name}");
        if is_the_runs_own(name) || snapshot::is_its_own(&key) {
            return;
        }
        let now = now.cloned().map(snapshot::yaml);
        if self.before.get(&key) != now.as_ref() {
            self.seen.changed.insert(key);
        }
    }

    fn gone(&mut self, kind: &str, name: &str) {
        if kind != "Pod" {
            return self.object(kind, name, None);
        }
        if let Some(replica) = self.replicas.remove(name) {
            self.note_gone(&replica.uid);
        } else if !is_the_runs_own(name) {
            self.seen.strangers.insert(format!("Pod {name}"));
        }
    }

    fn note_gone(&mut self, uid: &str) {
        if self.first.contains(uid) {
            self.gone.insert(uid.to_owned());
        }
    }

    fn pod(&mut self, one: &DynamicObject) {
        let pod: Pod = one.clone().try_parse().unwrap();
        let name = pod.name_any();
        if !self.owners.own(&pod.metadata) {
            let key = format!("Pod {name}");
            if !is_the_runs_own(&name) && self.before.get(&key) != Some(&facts(&pod)) {
                self.seen.strangers.insert(key);
            }
            return;
        }
        let now = Replica {
            uid: pod.uid().unwrap_or_default(),
            leaving: pod.metadata.deletion_timestamp.is_some(),
            restarts: restarts(&pod).collect(),
        };
        if let Some(was) = self.replicas.get(&name).filter(|was| was.uid == now.uid) {
            let more = |name: &String, count: &i32| {
                was.restarts.get(name).is_some_and(|before| before < count)
            };
            let more = now.restarts.iter().filter(|(name, count)| more(name, count));
            self.seen.restarted.extend(more.map(|(name, _)| name.clone()));
        }
        if now.leaving {
            self.note_gone(&now.uid);
        }
        if let Some(was) = self.replicas.insert(name, now.clone())
            && was.uid != now.uid
        {
            self.note_gone(&was.uid);
        }
    }
}

#[cfg(test)]
mod tests;
