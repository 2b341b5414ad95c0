//! Requests for a service to stop.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::ServeError;

/// Whether a stop is clean or immediate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    None,
    Clean,
    AtOnce,
}

/// The receiving end: waits for a requested stop.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<Urgency>);

/// Requests a stop; dropping it requests one as well.
#[derive(Debug)]
pub struct Trigger(watch::Sender<Urgency>);

impl Shutdown {
    /// A stop that this process requests itself.
    #[must_use]
    pub fn manual() -> (Trigger, Self) {
        let (sender, receiver) = watch::channel(Urgency::None);
        (Trigger(sender), Self(receiver))
    }

    /// The first SIGTERM or SIGINT requests a clean stop, the second an immediate one.
    ///
    /// # Errors
    /// When the signals cannot be received.
    pub fn on_signal() -> Result<Self, ServeError> {
        let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signals)?;
        let (trigger, shutdown) = Self::manual();
        tokio::spawn(async move {
            // The second signal is for people who do not want to wait for the drain.
            for urgency in [Urgency::Clean, Urgency::AtOnce] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                trigger.0.send_replace(urgency);
            }
            // The handlers must live on: without them a third signal would kill the process in the
            // middle of its clean stop.
            std::future::pending::<()>().await;
        });
        Ok(shutdown)
    }

    /// Waits until a stop is requested.
    pub async fn requested(&mut self) {
        drop(self.0.wait_for(|urgency| *urgency >= Urgency::Clean).await);
    }

    pub(super) async fn insisted(&mut self) {
        if self.0.wait_for(|urgency| *urgency == Urgency::AtOnce).await.is_err() {
            // The trigger was dropped without a request for an immediate stop: the
            // clean stop continues.
            std::future::pending::<()>().await;
        }
    }
}

impl Trigger {
    /// Requests a clean stop.
    pub fn stop(&self) {
        self.0.send_replace(Urgency::Clean);
    }

    /// Requests an immediate stop, whatever is in progress.
    pub fn insist(&self) {
        self.0.send_replace(Urgency::AtOnce);
    }
}
