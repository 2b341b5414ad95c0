//! Asking a service to stop.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::ServeError;

/// How urgently a stop is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    None,
    Clean,
    AtOnce,
}

/// Tells a service when to stop.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<Urgency>);

/// Asks for a stop; dropping it asks as well.
#[derive(Debug)]
pub struct Trigger(watch::Sender<Urgency>);

impl Shutdown {
    /// A stop that this process asks for itself.
    #[must_use]
    pub fn manual() -> (Trigger, Self) {
        let (sender, receiver) = watch::channel(Urgency::None);
        (Trigger(sender), Self(receiver))
    }

    /// The first SIGTERM or SIGINT asks for a clean stop, the second for one at once.
    ///
    /// # Errors
    /// When the signals cannot be received.
    pub fn on_signal() -> Result<Self, ServeError> {
        let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Listener)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Listener)?;
        let (trigger, shutdown) = Self::manual();
        tokio::spawn(async move {
            for urgency in [Urgency::Clean, Urgency::AtOnce] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                trigger.0.send_replace(urgency);
            }
            std::future::pending::<()>().await;
        });
        Ok(shutdown)
    }

    /// Waits until a stop is asked for.
    pub async fn requested(&mut self) {
        drop(self.0.wait_for(|urgency| *urgency >= Urgency::Clean).await);
    }

    pub(super) async fn insisted(&mut self) {
        if self.0.wait_for(|urgency| *urgency == Urgency::AtOnce).await.is_err() {
            // The trigger is gone without insisting: the clean stop runs its course.
            std::future::pending::<()>().await;
        }
    }
}

impl Trigger {
    /// Asks for a clean stop.
    pub fn stop(&self) {
        self.0.send_replace(Urgency::Clean);
    }

    /// Asks for an end at once, whatever is in hand.
    pub fn insist(&self) {
        self.0.send_replace(Urgency::AtOnce);
    }
}
