//! Tells what happens to services, when it happens.

use std::time::Instant;

use brunt_faults::Observed;
use brunt_scenarios::timeline::EventKind;
use tokio::sync::mpsc::UnboundedSender;

/// The sending end, for one service.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    service: String,
    sender: UnboundedSender<Observed>,
}

impl Journal {
    pub(crate) fn new(service: &str, sender: UnboundedSender<Observed>) -> Self {
        Self { service: service.to_owned(), sender }
    }

    pub(crate) fn service(&self, what: EventKind) {
        self.tell(None, what);
    }

    pub(crate) fn replica(&self, number: u32, what: EventKind) {
        self.tell(Some(number), what);
    }

    fn tell(&self, replica: Option<u32>, what: EventKind) {
        // Nobody needs to listen.
        let _ = self.sender.send(Observed {
            when: Instant::now(),
            service: self.service.clone(),
            replica,
            what,
        });
    }
}
