//! Publishes a replica's state: to its workload, to the proxies by way of the endpoints, to the
//! run's timeline, and to the log.

use std::sync::Arc;

use brunt_proxy::InFlight;
use brunt_scenarios::timeline::EventKind;
use rustix::process::Signal;

use super::snapshot::{ReplicaSnapshot, SharedSnapshot};
use crate::replica_address::ReplicaPorts;
use crate::service_context::ServiceContext;
use crate::signals::{send_signal, signal_name};
use crate::status::ReplicaPhase;

pub(super) struct ReplicaReporter {
    number: u32,
    pub(super) context: Arc<ServiceContext>,
    shared: Arc<SharedSnapshot>,
}

impl ReplicaReporter {
    pub(super) fn new(
        number: u32,
        context: Arc<ServiceContext>,
        shared: Arc<SharedSnapshot>,
    ) -> Self {
        Self { number, context, shared }
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn snapshot(&self) -> ReplicaSnapshot {
        self.shared.lock().clone()
    }

    pub(super) fn process_started(&self, pid: u32, port: u16) {
        self.report(EventKind::Started, |now| {
            now.state = ReplicaPhase::Starting;
            now.pid = Some(pid);
            now.port = Some(port);
            now.listens = false;
        });
    }

    /// Its process has ended in this way; from now on the replica is in this phase.
    /// `by` is the probe that had it end, with what was wrong.
    pub(super) fn process_ended(&self, how: String, by: Option<String>, next: ReplicaPhase) {
        self.report(EventKind::Exited { how: how.clone() }, |now| {
            now.state = next;
            now.pid = None;
            now.port = None;
            now.paused = false;
            now.listens = false;
            now.ended = Some(how);
            now.ended_by = by;
        });
    }

    pub(super) fn ready(&self, ports: &ReplicaPorts) {
        self.context.endpoints.add(ports);
        self.report(EventKind::Ready, |now| {
            now.state = ReplicaPhase::Ready;
            now.trouble = None;
        });
    }

    /// Removes it from the endpoints, and reports that if requests were sent to it until now.
    pub(super) fn not_ready(&self, ports: &ReplicaPorts) -> Vec<InFlight> {
        let in_flight = self.context.endpoints.remove(ports);
        if self.snapshot().state == ReplicaPhase::Ready {
            self.report(EventKind::NotReady, |now| now.state = ReplicaPhase::NotReady);
        }
        in_flight
    }

    /// Sends a signal to its process group.
    pub(super) fn signal(&self, group: u32, signal: Signal) {
        if send_signal(group, signal) {
            tracing::info!(
                service = self.context.events.service_name(),
                replica = self.number,
                pid = group,
                signal = signal_name(signal),
                "signal sent"
            );
        }
    }

    /// Something has happened that changes its state in this way.
    pub(super) fn report(&self, what: EventKind, change: impl FnOnce(&mut ReplicaSnapshot)) {
        let text = what.to_string();
        // The event goes first: its time is that of the timeline, and workloads act on the change.
        self.context.events.replica(self.number, what);
        self.change(&text, change);
    }

    /// Enters a phase that the timeline has no event for. The log has this text.
    pub(super) fn enter(&self, phase: ReplicaPhase, text: &str) {
        if self.snapshot().state != phase {
            self.change(text, |now| now.state = phase);
        }
    }

    /// Changes its state, and logs that; with both phases, if the phase has changed.
    fn change(&self, text: &str, change: impl FnOnce(&mut ReplicaSnapshot)) {
        let (before, after) = self.update(change);
        let phases = before.transition_to(&after);
        let (from, to) = phases.unzip();
        tracing::info!(
            service = self.context.events.service_name(),
            replica = self.number,
            pid = after.pid.or(before.pid),
            before = from.map(tracing::field::display),
            after = to.map(tracing::field::display),
            "{text}"
        );
    }

    /// Changes what is no phase, and so not logged. Returns how it was before and is after.
    pub(super) fn update(
        &self,
        change: impl FnOnce(&mut ReplicaSnapshot),
    ) -> (ReplicaSnapshot, ReplicaSnapshot) {
        let (before, after) = {
            let mut now = self.shared.lock();
            let before = now.clone();
            change(&mut now);
            (before, now.clone())
        };
        // Outside of the lock, as receivers read the snapshot at once.
        self.context.changes.send_replace(());
        (before, after)
    }

    /// Notes why it is not ready; this alone is no change that a workload acts on.
    pub(super) fn note_trouble(&self, why: String) {
        self.shared.lock().trouble = Some(why);
    }
}
