//! Faults and counts between two services: a stand-in from brunt's image is put in a callee's
//! place. The callee's Service leads to it, and a second Service, which the run adds, leads to the
//! callee as the first one did.
//!
//! Nothing of it needs privileges. Callers are told apart by their pods' addresses, which the
//! stand-in is told of.

mod control_connection;
mod create;
mod drain_connections;
mod faults;
mod install;
mod objects;
mod routing_table;
#[cfg(test)]
mod tests;
mod uninstall;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::client::object::ObjectRef;
use crate::observe::watcher::WatchGap;
use control_connection::ControlConnection;

/// The slot of what a callee's Service leads to.
const SLOT: &str = "between";

/// The calls that a run breaks or counts, and what stands between.
#[derive(Default)]
pub(crate) struct EdgeProxies {
    /// Caller and callee.
    wanted: Vec<(String, String)>,
    /// How long connections from before may take to end.
    patience: Duration,
    /// What went past stand-ins.
    past: Mutex<Vec<WatchGap>>,
    /// By callee.
    standing: Mutex<BTreeMap<String, Arc<InstalledProxy>>>,
}

/// What stands in a callee's place.
struct InstalledProxy {
    /// The callee's Service.
    front: ObjectRef,
    /// The name of all that was added for it.
    name: String,
    line: Arc<tokio::sync::Mutex<ControlConnection>>,
    informs: JoinHandle<()>,
}

impl Drop for InstalledProxy {
    fn drop(&mut self) {
        self.informs.abort();
    }
}

impl EdgeProxies {
    pub(crate) fn of(wanted: &[(String, String)], patience: Duration) -> Self {
        Self { wanted: wanted.to_vec(), patience, ..Self::default() }
    }

    /// Each callee, and who of its callers must be told apart.
    fn callees(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut callees = BTreeMap::<&str, Vec<&str>>::new();
        for (from, to) in &self.wanted {
            callees.entry(to).or_default().push(from);
        }
        callees
    }

    /// Whose calls to a callee are broken or counted.
    fn callers<'a>(&'a self, callee: &'a str) -> impl Iterator<Item = &'a str> {
        self.wanted.iter().filter(move |(_, to)| to == callee).map(|(from, _)| from.as_str())
    }

    fn wants(&self, from: &str, to: &str) -> bool {
        self.wanted.iter().any(|(caller, callee)| caller == from && callee == to)
    }

    fn at(&self, callee: &str) -> Option<Arc<InstalledProxy>> {
        self.lock().get(callee).cloned()
    }

    fn all(&self) -> Vec<(String, Arc<InstalledProxy>)> {
        self.lock().iter().map(|(callee, one)| (callee.clone(), Arc::clone(one))).collect()
    }

    fn stands(&self, callee: &str, stand_in: InstalledProxy) {
        self.lock().insert(callee.to_owned(), Arc::new(stand_in));
    }

    fn missed(&self, gap: WatchGap) {
        self.past.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }

    /// When stand-ins could not be spoken with, and what went past them.
    pub(crate) fn gaps(&self) -> Vec<WatchGap> {
        let gaps =
            |(_, one): (String, Arc<InstalledProxy>)| one.line.try_lock().map(|line| line.gaps());
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.all().into_iter().filter_map(|one| gaps(one).ok()).flatten().chain(past).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<InstalledProxy>>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
