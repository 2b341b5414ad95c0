//! The edges that a run breaks or counts, and the proxies that it has installed for them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::control_connection::ControlConnection;
use super::faults_by_caller::FaultsByCaller;
use crate::client::object::ObjectRef;
use crate::observe::gaps::WatchGap;

/// The slot of what a callee's Service selects.
pub(super) const SLOT: &str = "edge-proxy";

/// The edge proxies of a run.
pub(crate) struct EdgeProxies {
    /// Caller and callee.
    edges: Vec<(String, String)>,
    /// The image of brunt that they run, where one was named.
    pub(super) image: Option<String>,
    /// How long connections may take to end that are older than the proxy.
    pub(super) drain_timeout: Duration,
    /// Edges with connections that bypass their proxy.
    bypassed: Mutex<Vec<WatchGap>>,
    /// The proxies that are in their places, by callee.
    installed: Mutex<BTreeMap<String, Arc<InstalledProxy>>>,
}

/// A proxy in a callee's place.
pub(super) struct InstalledProxy {
    /// The callee's Service.
    pub(super) front: ObjectRef,
    /// The callee's namespace, which the proxy is in as well.
    pub(super) namespace: String,
    /// The name of the pod and of the Service that were added for it.
    pub(super) name: String,
    /// How long callers may take to follow a change of its Service.
    pub(super) sync_delay: Duration,
    pub(super) control: Arc<tokio::sync::Mutex<ControlConnection>>,
    /// What it does to requests now.
    pub(super) faults: FaultsByCaller,
    /// Whether it should be in the callee's place.
    pub(super) in_place: watch::Sender<bool>,
    /// Keeps its routing table up to date.
    pub(super) updates: JoinHandle<()>,
}

impl Drop for InstalledProxy {
    fn drop(&mut self) {
        self.updates.abort();
    }
}

impl EdgeProxies {
    pub(crate) fn new(
        edges: Vec<(String, String)>,
        image: Option<String>,
        drain_timeout: Duration,
    ) -> Self {
        let (bypassed, installed) = (Mutex::default(), Mutex::default());
        Self { edges, image, drain_timeout, bypassed, installed }
    }

    /// Each callee, with those of its callers that must be told apart.
    pub(super) fn callees(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut callees = BTreeMap::<&str, Vec<&str>>::new();
        for (from, to) in &self.edges {
            callees.entry(to).or_default().push(from);
        }
        callees
    }

    /// The callers whose calls to a callee are broken or counted.
    pub(super) fn callers<'a>(&'a self, callee: &'a str) -> impl Iterator<Item = &'a str> {
        self.edges.iter().filter(move |(_, to)| to == callee).map(|(from, _)| from.as_str())
    }

    pub(super) fn has_edge(&self, from: &str, to: &str) -> bool {
        self.edges.iter().any(|(caller, callee)| caller == from && callee == to)
    }

    pub(super) fn before(&self, callee: &str) -> Option<Arc<InstalledProxy>> {
        self.lock().get(callee).cloned()
    }

    pub(super) fn all(&self) -> Vec<(String, Arc<InstalledProxy>)> {
        self.lock().iter().map(|(callee, one)| (callee.clone(), Arc::clone(one))).collect()
    }

    pub(super) fn add(&self, callee: &str, proxy: InstalledProxy) {
        self.lock().insert(callee.to_owned(), Arc::new(proxy));
    }

    pub(super) fn add_bypass(&self, gap: WatchGap) {
        self.bypassed.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }

    /// When proxies did not answer, and which edges have connections that bypass theirs.
    pub(crate) fn gaps(&self) -> Vec<WatchGap> {
        // A connection that is in use is not waited for: its gaps come with the next look.
        let gaps = |(_, one): (String, Arc<InstalledProxy>)| {
            one.control.try_lock().map(|control| control.gaps()).ok()
        };
        let bypassed = self.bypassed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.all().into_iter().filter_map(gaps).flatten().chain(bypassed).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<InstalledProxy>>> {
        self.installed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
