//! Which endpoints of a service requests may be sent to at this moment.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// One address of a service: host and port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointAddress(Arc<str>);

impl EndpointAddress {
    /// A port on this machine.
    pub fn local(port: u16) -> Self {
        Self::at(&format!("127.0.0.1:{port}"))
    }

    /// An address that is written as `host:port`.
    pub fn at(authority: &str) -> Self {
        Self(authority.into())
    }

    /// The address as `host:port`.
    pub fn authority(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The endpoints of one service. Clones share the same set, so that every proxy that leads to the
/// service sees a change.
#[derive(Debug, Clone)]
pub struct Endpoints(Arc<watch::Sender<Vec<EndpointEntry>>>);

/// An endpoint and the requests that are in flight to it: each holds a receiver.
#[derive(Debug)]
struct EndpointEntry {
    address: EndpointAddress,
    in_flight: watch::Sender<()>,
}

/// A request in flight to the endpoint that was picked for it, until the endpoint has answered.
#[derive(Debug)]
pub(crate) struct EndpointGuard {
    pub(crate) endpoint: EndpointAddress,
    _in_flight: watch::Receiver<()>,
}

/// The requests that were in flight to an endpoint when it was removed.
#[derive(Debug)]
pub struct InFlight(Option<watch::Sender<()>>);

impl InFlight {
    /// Waits until each has been answered, at least with its head, or has failed.
    pub async fn answered(self) {
        if let Some(requests) = self.0 {
            requests.closed().await;
        }
    }
}

impl EndpointEntry {
    fn new(address: EndpointAddress) -> Self {
        Self { address, in_flight: watch::Sender::new(()) }
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Endpoints {
    /// A set that holds one endpoint from the start.
    pub fn of(endpoint: EndpointAddress) -> Self {
        let endpoints = Self::default();
        endpoints.add(endpoint);
        endpoints
    }

    /// Adds an endpoint, unless it is there already.
    pub fn add(&self, endpoint: EndpointAddress) {
        self.0.send_if_modified(|all| {
            let is_new = all.iter().all(|entry| entry.address != endpoint);
            if is_new {
                all.push(EndpointEntry::new(endpoint));
            }
            is_new
        });
    }

    /// Removes an endpoint, so that no more requests are sent to it.
    pub fn remove(&self, endpoint: &EndpointAddress) -> InFlight {
        let mut removed = None;
        self.0.send_if_modified(|all| {
            let index = all.iter().position(|entry| entry.address == *endpoint);
            removed = index.map(|index| all.remove(index).in_flight);
            index.is_some()
        });
        InFlight(removed)
    }

    /// Replaces all endpoints in one step, so that no request meets an empty set in between.
    pub fn replace(&self, endpoints: &[EndpointAddress]) {
        self.0.send_if_modified(|all| {
            let is_new = |new: &&EndpointAddress| all.iter().all(|entry| entry.address != **new);
            let new: Vec<EndpointAddress> = endpoints.iter().filter(is_new).cloned().collect();
            let before = all.len();
            all.retain(|entry| endpoints.contains(&entry.address));
            let changed = before != all.len() || !new.is_empty();
            all.extend(new.into_iter().map(EndpointEntry::new));
            changed
        });
    }

    /// All endpoints, in the order in which they were added.
    pub fn list(&self) -> Vec<EndpointAddress> {
        self.0.borrow().iter().map(|entry| entry.address.clone()).collect()
    }

    pub(crate) fn contains(&self, endpoint: &EndpointAddress) -> bool {
        self.0.borrow().iter().any(|entry| entry.address == *endpoint)
    }

    /// The endpoint that is due at this turn, counted from any number on.
    pub(crate) fn by_turn(&self, turn: usize) -> Option<EndpointGuard> {
        let all = self.0.borrow();
        // Without any endpoint there is no remainder.
        let entry = all.get(turn.checked_rem(all.len())?)?;
        Some(EndpointGuard {
            endpoint: entry.address.clone(),
            _in_flight: entry.in_flight.subscribe(),
        })
    }

    pub(crate) fn watch(&self) -> EndpointsWatch {
        EndpointsWatch(self.0.subscribe())
    }
}

/// Sees changes of the set.
pub(crate) struct EndpointsWatch(watch::Receiver<Vec<EndpointEntry>>);

impl EndpointsWatch {
    /// Waits until there is an endpoint; `None` when there never will be.
    pub(crate) async fn some(&mut self) -> Option<()> {
        self.0.wait_for(|all| !all.is_empty()).await.ok().map(drop)
    }

    /// Waits for the next change; `None` when there never will be one.
    pub(crate) async fn change(&mut self) -> Option<()> {
        self.0.changed().await.ok()
    }

    pub(crate) fn now(&mut self) -> Vec<EndpointAddress> {
        let all = self.0.borrow_and_update();
        all.iter().map(|entry| entry.address.clone()).collect()
    }
}
