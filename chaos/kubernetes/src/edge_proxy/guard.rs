//! Keeps an edge proxy's routing table up to date, and watches over the proxy: when it dies, is
//! evicted, or its node goes, the callee's Service leads to the callee again at once. A proxy must
//! not be a point of failure that the system does not have without it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use super::control_connection::ControlConnection;
use super::proxies::SLOT;
use super::routing_table::EdgeRoute;
use crate::changes::changer::Changer;
use crate::client::object::ObjectRef;
use crate::observe::watcher::Observer;

/// How often a proxy gets its routing table at least, as a broken connection shows only in use.
const ROUTING_INTERVAL: Duration = Duration::from_millis(500);

/// How long a proxy may say nothing: one on a node that is gone does not even refuse.
const MOST_SILENCE: Duration = Duration::from_millis(1200);

/// How long is waited before leading the Service back is tried again.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// What watches over one edge proxy.
pub(super) struct ProxyGuard {
    pub(super) observer: Observer,
    pub(super) changer: Changer,
    pub(super) callee: String,
    pub(super) route: EdgeRoute,
    /// The callee's Service.
    pub(super) front: ObjectRef,
    pub(super) control: Arc<Mutex<ControlConnection>>,
    /// Whether the callee's Service leads to the proxy already.
    pub(super) in_place: watch::Receiver<bool>,
}

impl ProxyGuard {
    /// Runs until it is aborted, or the proxy is lost and out of its place.
    pub(super) async fn run(self) {
        let mut changes = self.observer.changes();
        loop {
            let answers = self.update().await;
            let is_endpoint = self.is_endpoint();
            if *self.in_place.borrow() && !(answers && is_endpoint) {
                let why = if is_endpoint {
                    "it did not answer"
                } else {
                    "its pod has left the endpoints: it ended, was deleted, or is not ready"
                };
                return self.take_out(why).await;
            }
            let mut changed = async || {
                while changes.changed().await.is_ok() {
                    let table = self.route.table(&self.observer.state());
                    let is_lost = *self.in_place.borrow() && !self.is_endpoint();
                    if is_lost || !self.control.lock().await.has_routing(&table) {
                        return;
                    }
                }
            };
            let _ = timeout(ROUTING_INTERVAL, changed()).await;
        }
    }

    /// Sends the routing table. A connection that has only broken is opened again, once.
    async fn update(&self) -> bool {
        let send = async || {
            let table = self.route.table(&self.observer.state());
            let sent = async { self.control.lock().await.set_routing(table).await };
            // What failed is noted as a gap by the connection.
            timeout(MOST_SILENCE, sent).await.map(|sent| sent.is_ok())
        };
        match send().await {
            Ok(true) => true,
            Ok(false) => send().await.unwrap_or(false),
            Err(_) => false,
        }
    }

    fn is_endpoint(&self) -> bool {
        let endpoints = self.observer.state().endpoints_of(&self.callee, &self.front.name);
        endpoints.contains(&self.route.kept)
    }

    /// Leads the Service to the callee again.
    async fn take_out(&self, why: &str) {
        self.control.lock().await.lose(why.to_owned());
        // Past the run's time the watchdog does it.
        while self.changer.check_lease().is_ok() {
            match self.changer.restore(&self.front, SLOT).await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(callee = self.callee, %error, "its Service is led back again");
                    sleep(RETRY_AFTER).await;
                }
            }
        }
    }
}
