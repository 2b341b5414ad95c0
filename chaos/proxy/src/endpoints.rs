//! Where a service's requests may go at this moment.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// One address of a service: host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(Arc<str>);

impl Endpoint {
    /// A port on this machine.
    pub fn local(port: u16) -> Self {
        Self::at(&format!("127.0.0.1:{port}"))
    }

    /// `host:port`.
    pub fn at(authority: &str) -> Self {
        Self(authority.into())
    }

    /// `host:port`.
    pub fn authority(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The endpoints of one service. Clones share the same set, so that every proxy that leads to the service sees a change.
#[derive(Debug, Clone)]
pub struct Endpoints(Arc<watch::Sender<Vec<Endpoint>>>);

impl Default for Endpoints {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Endpoints {
    /// A set that holds one endpoint from the start.
    pub fn of(endpoint: Endpoint) -> Self {
        let endpoints = Self::default();
        endpoints.add(endpoint);
        endpoints
    }

    /// Requests may go there from now on.
    pub fn add(&self, endpoint: Endpoint) {
        self.0.send_if_modified(|all| {
            let new = !all.contains(&endpoint);
            if new {
                all.push(endpoint);
            }
            new
        });
    }

    /// No more requests go there.
    pub fn remove(&self, endpoint: &Endpoint) {
        self.0.send_if_modified(|all| {
            let before = all.len();
            all.retain(|other| other != endpoint);
            all.len() < before
        });
    }

    /// All of them, in the order in which they were added.
    pub fn list(&self) -> Vec<Endpoint> {
        self.0.borrow().clone()
    }

    pub(crate) fn contains(&self, endpoint: &Endpoint) -> bool {
        self.0.borrow().contains(endpoint)
    }

    /// The one whose turn it is.
    pub(crate) fn turn(&self, turn: usize) -> Option<Endpoint> {
        let all = self.0.borrow();
        (!all.is_empty()).then(|| all[turn % all.len()].clone())
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Vec<Endpoint>> {
        self.0.subscribe()
    }
}
