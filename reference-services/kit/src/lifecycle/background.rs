//! Background parts, which run beside a service's routes.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::health::Health;

type Work = Box<dyn FnOnce(Stop) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A part of a service that runs until it is asked to stop.
pub struct Background {
    name: &'static str,
    work: Work,
}

/// Signals a background part to finish its current work.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// A background part that has been started.
pub(crate) struct Running {
    name: &'static str,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Background {
    /// A part that does `work` until its [`Stop`] is requested.
    pub fn new<F>(name: &'static str, work: impl FnOnce(Stop) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self { name, work: Box::new(move |stop| Box::pin(work(stop))) }
    }

    pub(crate) fn start(self, health: &Health) -> Running {
        let (stop, stopped) = watch::channel(false);
        let (name, health) = (self.name, health.clone());
        let work = tokio::spawn((self.work)(Stop(stopped.clone())));
        let task = tokio::spawn(async move {
            let outcome = work.await;
            if !*stopped.borrow() {
                tracing::error!(
                    part = name,
                    panicked = outcome.is_err(),
                    "a part of the service has ended"
                );
                health.stop_being_alive(name);
            }
        });
        Running { name, stop, task }
    }
}

impl Running {
    pub(crate) async fn finish(self, bound: Duration) {
        self.stop.send_replace(true);
        if timeout(bound, self.task).await.is_err() {
            tracing::warn!(
                part = self.name,
                "did not finish in time; it resumes at the next start"
            );
        }
    }
}

impl Stop {
    /// A stop that only the sender requests: for parts that are run by hand.
    #[must_use]
    pub fn manual() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether a stop was requested.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until a stop is requested.
    pub async fn requested(&self) {
        drop(self.0.clone().wait_for(|stop| *stop).await);
    }
}
