//! The moment in which a service was ready for the first time.

use tokio::sync::watch;
use tokio::time::Instant;

/// The moment in which all replicas of a service were ready for the first time; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct FirstReady(watch::Sender<Option<Instant>>);

impl FirstReady {
    /// Of a service that is yet to start.
    pub(crate) fn to_come() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Of a service that runs already.
    pub(crate) fn now() -> Self {
        Self(watch::Sender::new(Some(Instant::now())))
    }

    /// Notes that the service is ready; only the first time counts.
    pub(crate) fn note(&self) {
        self.0.send_if_modified(|first| {
            let is_first = first.is_none();
            first.get_or_insert_with(Instant::now);
            is_first
        });
    }

    pub(crate) fn moment(&self) -> Option<Instant> {
        *self.0.borrow()
    }

    /// Waits until the service has been ready once.
    pub(crate) async fn come(&self) {
        // It cannot fail: the sender lives as long as this object.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }
}
