//! The parts that every service with a store has.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::config::{Config, StoreUrl};
use crate::consumer::{Consumer, Drops, Policy};
use crate::health::Health;
use crate::lifecycle::{Background, Service};
use crate::log::{self, EventLog};
use crate::metrics::Metrics;
use crate::outbox::{Linger, Outbox, Relay, Sender, Turn};
use crate::retention::Retention;
use crate::store::{Kind, Store};
use crate::{ServeError, actuator, rest};

/// How long closing the files may take.
const CLOSE: Duration = Duration::from_secs(2);

/// A service's store and its place in the event log, opened.
pub struct Assembly {
    /// The service's own store.
    pub store: Store,
    /// The service's metrics.
    pub metrics: Metrics,
    /// The state that the probes report.
    pub health: Health,
    config: Config,
    turn: Turn,
    log: Arc<dyn EventLog>,
    sender: Sender,
    topic: &'static str,
    has_received: watch::Sender<bool>,
}

impl Assembly {
    /// Opens the service's store and the event log.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn open(config: &Config, kind: Kind, topic: &'static str) -> Result<Self, ServeError> {
        let (outbox, sender) = Outbox::new(config.outbox);
        // Replicas on one machine share a file, where a lock ends with its process; those on
        // PostgreSQL share no file system, so they need a lease.
        let (store, turn) = match &config.store {
            StoreUrl::File => {
                let path = config.store_path(kind.extension());
                (Store::open_as(&path, kind, outbox, config.durable)?, Turn::Lock(path))
            }
            StoreUrl::Postgres(url) => {
                (Store::connect(url, &config.store_schema(), outbox)?, Turn::Lease)
            }
        };
        Ok(Self {
            store,
            metrics: config.metrics(),
            health: Health::default(),
            config: config.clone(),
            turn,
            log: log::open(&config.event_log, config.event_log_keep, config.durable)?,
            sender,
            topic,
            has_received: watch::Sender::new(false),
        })
    }

    /// The background part that receives the topic's events, as a consumer group with
    /// the service's name.
    #[must_use]
    pub fn consumer(&self, policy: Policy) -> Background {
        let consumer = Consumer {
            group: self.config.service,
            topic: self.topic,
            log: Arc::clone(&self.log),
            store: self.store.clone(),
            inbox: self.config.inbox,
            offsets: self.config.offsets,
            acknowledge: self.config.acknowledge,
            drops: Drops::each(self.config.drop_every),
            has_received: self.has_received.clone(),
            policy,
            metrics: self.metrics.clone(),
        };
        Background::new("consumer", |stop| consumer.run(stop))
    }

    /// Builds the service. Its background parts stop in the order given; the sender of their
    /// events stops last.
    #[must_use]
    pub fn service(self, routes: Router, api: &Value, mut background: Vec<Background>) -> Service {
        let (health, metrics) = (self.health.clone(), self.metrics.clone());
        let (name, grace) = (self.config.service, self.config.grace);
        background.extend(self.config.protection.background(self.config.env(), &metrics));
        background.push(self.retention());
        // The order is that of stopping: the consumer publishes until it stops, so the sender of
        // events stops after it, then the exporter of spans; and the files are closed when nobody
        // uses them any more.
        let vital = self.vital();
        background.push(self.sender());
        background.extend(metrics.tracer().background());
        background.extend(vital);
        let router = rest::router(routes.merge(actuator::routes(&health, &metrics, api)), &metrics);
        Service { name, grace, health, router, background }
    }

    fn retention(&self) -> Background {
        let (store, has_received) = (self.store.clone(), self.has_received.subscribe());
        let retention = Retention { store, period: self.config.retention, has_received };
        Background::new("retention", |stop| retention.run(stop))
    }

    /// Parts that end only if store or log has, so that liveness says so. When they are stopped,
    /// they wait until the files are closed: SQLite moves what is in its write-ahead log into the
    /// file then, and the next start has nothing to recover.
    fn vital(&self) -> Vec<Background> {
        let mut vital = vec![watch("store", self.store.ended(), self.store.closed())];
        if let (Some(ended), Some(closed)) = (self.log.ended(), self.log.ended()) {
            vital.push(watch("event log", ended, closed));
        }
        vital
    }

    fn sender(self) -> Background {
        let Self { store, metrics, turn, log, topic, .. } = self;
        match self.sender {
            Sender::Relay(wake) => {
                let relay = Relay { store, log, topic, wake, turn, metrics };
                Background::new("relay", |stop| relay.run(stop))
            }
            Sender::Linger(events) => {
                let linger = Linger { events, log, topic, metrics };
                Background::new("linger", |stop| linger.run(stop))
            }
        }
    }
}

fn watch(
    name: &'static str,
    ended: impl Future<Output = ()> + Send + 'static,
    closed: impl Future<Output = ()> + Send + 'static,
) -> Background {
    Background::new(name, |stop| async move {
        tokio::select! {
            () = ended => {}
            // A handle that somebody still has must not hold up the end.
            () = stop.requested() => drop(timeout(CLOSE, closed).await),
        }
    })
}

#[cfg(test)]
mod tests;
