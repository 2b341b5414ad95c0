//! What others know of a replica: its state, its place among the endpoints, and what has happened
//! to it.

use std::sync::Arc;

use brunt_proxy::{EndpointAddress, InFlight};
use brunt_scenarios::timeline::EventKind;

use super::{Context, Shared, Snapshot};
use crate::status::ReplicaState;

pub(super) struct Standing {
    pub(super) number: u32,
    pub(super) context: Arc<Context>,
    pub(super) shared: Arc<Shared>,
}

impl Standing {
    pub(super) fn ended(&self, how: String) {
        self.tell(EventKind::Exited { how: how.clone() });
        self.change(|now| {
            now.pid = None;
            now.port = None;
            now.paused = false;
            now.listens = false;
            now.ended = Some(how);
        });
    }

    pub(super) fn enter(&self, endpoint: &EndpointAddress) {
        self.context.endpoints.add(endpoint.clone());
        self.tell(EventKind::Ready);
        self.change(|now| {
            now.state = ReplicaState::Ready;
            now.trouble = None;
        });
    }

    pub(super) fn leave(&self, endpoint: &EndpointAddress) -> InFlight {
        let under_way = self.context.endpoints.remove(endpoint);
        let was_ready = self.shared.snapshot().state == ReplicaState::Ready;
        if was_ready {
            self.tell(EventKind::NotReady);
            self.change(|now| now.state = ReplicaState::NotReady);
        }
        under_way
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.shared.snapshot());
        self.context.changes.send_replace(());
    }

    pub(super) fn tell(&self, what: EventKind) {
        self.context.tell(self.number, what);
    }
}
