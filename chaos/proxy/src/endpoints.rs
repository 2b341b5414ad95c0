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

/// The endpoints of one service. Clones share the same set, so that every proxy that leads to the
/// service sees a change.
#[derive(Debug, Clone)]
pub struct Endpoints(Arc<watch::Sender<Vec<Place>>>);

/// An endpoint and the requests that are on their way to it: each holds a receiver.
#[derive(Debug)]
struct Place {
    endpoint: Endpoint,
    under_way: watch::Sender<()>,
}

/// A request's claim on the endpoint that it was given; dropped once the endpoint has answered.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) endpoint: Endpoint,
    _under_way: watch::Receiver<()>,
}

/// The requests that were on their way to an endpoint when it was removed.
#[derive(Debug)]
pub struct UnderWay(Option<watch::Sender<()>>);

impl UnderWay {
    /// Waits until each has been answered, at least with its head, or has failed.
    pub async fn answered(self) {
        if let Some(requests) = self.0 {
            requests.closed().await;
        }
    }
}

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
            let new = all.iter().all(|place| place.endpoint != endpoint);
            if new {
                let under_way = watch::Sender::new(());
                all.push(Place { endpoint, under_way });
            }
            new
        });
    }

    /// No more requests go there.
    pub fn remove(&self, endpoint: &Endpoint) -> UnderWay {
        let mut removed = None;
        self.0.send_if_modified(|all| {
            let place = all.iter().position(|place| place.endpoint == *endpoint);
            removed = place.map(|place| all.remove(place).under_way);
            place.is_some()
        });
        UnderWay(removed)
    }

    /// These and no others, at once: there is no moment without any.
    pub fn replace(&self, endpoints: &[Endpoint]) {
        self.0.send_if_modified(|all| {
            let new = |endpoint: &&Endpoint| all.iter().all(|place| place.endpoint != **endpoint);
            let new: Vec<Endpoint> = endpoints.iter().filter(new).cloned().collect();
            let before = all.len();
            all.retain(|place| endpoints.contains(&place.endpoint));
            let changed = before != all.len() || !new.is_empty();
            let place = |endpoint| Place { endpoint, under_way: watch::Sender::new(()) };
            all.extend(new.into_iter().map(place));
            changed
        });
    }

    /// All of them, in the order in which they were added.
    pub fn list(&self) -> Vec<Endpoint> {
        self.0.borrow().iter().map(|place| place.endpoint.clone()).collect()
    }

    pub(crate) fn contains(&self, endpoint: &Endpoint) -> bool {
        self.0.borrow().iter().any(|place| place.endpoint == *endpoint)
    }

    /// The one whose turn it is.
    pub(crate) fn turn(&self, turn: usize) -> Option<Claim> {
        let all = self.0.borrow();
        let place = all.get(turn.checked_rem(all.len())?)?;
        Some(Claim { endpoint: place.endpoint.clone(), _under_way: place.under_way.subscribe() })
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }
}

/// Sees changes of the set.
pub(crate) struct Watch(watch::Receiver<Vec<Place>>);

impl Watch {
    /// Waits until there is one; `None` when there never will be.
    pub(crate) async fn some(&mut self) -> Option<()> {
        self.0.wait_for(|all| !all.is_empty()).await.ok().map(drop)
    }

    /// Waits for the next change; `None` when there never will be one.
    pub(crate) async fn change(&mut self) -> Option<()> {
        self.0.changed().await.ok()
    }

    pub(crate) fn now(&mut self) -> Vec<Endpoint> {
        let all = self.0.borrow_and_update();
        all.iter().map(|place| place.endpoint.clone()).collect()
    }
}
