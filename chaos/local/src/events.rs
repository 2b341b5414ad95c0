//! Events of services, sent as they happen: to the run's timeline, and to the log.

use std::time::Instant;

use brunt_faults::Observed;
use brunt_scenarios::timeline::EventKind;
use tokio::sync::mpsc::UnboundedSender;

/// The sending end, for one service.
#[derive(Debug, Clone)]
pub(crate) struct EventSender {
    service: String,
    sender: UnboundedSender<Observed>,
}

impl EventSender {
    pub(crate) fn new(service: &str, sender: UnboundedSender<Observed>) -> Self {
        Self { service: service.to_owned(), sender }
    }

    pub(crate) fn service_name(&self) -> &str {
        &self.service
    }

    /// The wanted number of replicas has changed.
    pub(crate) fn scaled(&self, before: u32, after: u32) {
        self.send(None, EventKind::Scaled { replicas: after });
        tracing::info!(service = self.service, before, after, "scaled");
    }

    /// Replicas of another revision begin to replace those that run.
    pub(crate) fn rollout_started(&self, before: u32, after: u32) {
        self.send(None, EventKind::RolloutStarted);
        tracing::info!(service = self.service, before, after, "rollout started");
    }

    /// All replicas are of this revision, and ready.
    pub(crate) fn rollout_done(&self, revision: u32) {
        self.send(None, EventKind::RolloutDone);
        tracing::info!(service = self.service, revision, "rollout done");
    }

    /// Something has happened to one replica. Its log entry is written where its state is known.
    pub(crate) fn replica(&self, number: u32, what: EventKind) {
        self.send(Some(number), what);
    }

    fn send(&self, replica: Option<u32>, what: EventKind) {
        // An error means that the receiver was dropped, as by a caller who needs no timeline.
        let _ = self.sender.send(Observed {
            when: Instant::now(),
            service: self.service.clone(),
            replica,
            what,
        });
    }
}
