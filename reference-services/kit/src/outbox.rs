//! How events reach the log: through an outbox in the same transaction as the state, or, for a
//! proof, without one.

mod linger;
mod relay;
mod turn;

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

pub use linger::Linger;
pub use relay::Relay;
pub use turn::Turn;

use crate::config::Guard;
use crate::event::Envelope;
use crate::log::{LogError, NewRecord};

/// How the events of a transaction get to the log.
#[derive(Clone)]
pub enum Outbox {
    /// As a row of the transaction, which a relay sends.
    Transactional(Wake),
    /// After the commit, from memory: a kill in between loses the event.
    Buffered(Producer),
}

/// Tells the relay that the outbox has rows.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

/// The sending end of the buffer in memory.
#[derive(Clone)]
pub struct Producer(mpsc::UnboundedSender<Envelope>);

/// The background part that sends the events.
pub enum Sender {
    /// Reads the outbox.
    Relay(Wake),
    /// Reads the buffer in memory.
    Linger(mpsc::UnboundedReceiver<Envelope>),
}

impl Outbox {
    /// The outbox as the guard says, and the sender that must run for it.
    #[must_use]
    pub fn new(guard: Guard) -> (Self, Sender) {
        match guard {
            Guard::On => {
                let wake = Wake::default();
                // The rows are in the store, so that the wake-up may be lost without harm: the
                // relay looks after a restart anyway.
                (Self::Transactional(wake.clone()), Sender::Relay(wake))
            }
            // The planted defect: what waits in memory is lost with the process.
            Guard::Off => {
                let (sender, receiver) = mpsc::unbounded_channel();
                (Self::Buffered(Producer(sender)), Sender::Linger(receiver))
            }
        }
    }
}

impl Wake {
    pub(crate) fn wake(&self) {
        self.0.notify_one();
    }

    async fn woken(&self) {
        self.0.notified().await;
    }
}

impl Producer {
    /// When the receiver is gone the service is stopping, and the event is lost: this is the defect
    /// that the guard prevents.
    pub(crate) fn send(&self, event: Envelope) {
        drop(self.0.send(event));
    }
}

fn record(topic: &str, event: &Envelope) -> Result<NewRecord, LogError> {
    let value = serde_json::to_vec(event).map_err(LogError::failed)?;
    Ok(NewRecord {
        topic: topic.to_owned(),
        // The key decides the partition: the events of one aggregate stay in order.
        key: event.aggregate_id.to_string(),
        value: value.into(),
        headers: std::collections::BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests;
