//! The request to end a run early, with its reason.

use std::time::Duration;

use brunt_scenarios::timeline::Ending;
use brunt_scenarios::units::Period;
use tokio::sync::watch;
use tracing::{Instrument, debug};

use crate::signals;

/// The request to end a run early. Everything that goes on during a run shares it, and
/// the first reason counts.
#[derive(Clone)]
pub struct StopSignal {
    ending: watch::Sender<Option<Ending>>,
}

impl StopSignal {
    /// One that ctrl-C, SIGTERM and SIGHUP set, also if they came before.
    pub fn on_signals() -> Self {
        let stop = Self { ending: watch::Sender::new(None) };
        let mut signals = signals::seen();
        let has_come = |times: &u32| *times > 0;
        if has_come(&signals.borrow()) {
            stop.request(Ending::Interrupted);
        }
        let requested = stop.clone();
        let signaled = async move {
            if signals.wait_for(has_come).await.is_ok() {
                requested.request(Ending::Interrupted);
            }
        };
        tokio::spawn(signaled.in_current_span());
        stop
    }

    /// Requests the end of the run.
    pub fn request(&self, why: Ending) {
        self.ending.send_if_modified(|ending| {
            let first = ending.is_none();
            if first {
                debug!(?why, "the run is to end early");
                *ending = Some(why);
            }
            first
        });
    }

    /// Requests the end once the run takes longer than it may.
    pub async fn after(self, most: Duration) {
        tokio::time::sleep(most).await;
        self.request(Ending::Aborted(format!("it took longer than {}", Period(most))));
    }

    /// Why the run ends early, if it does.
    pub fn ending(&self) -> Option<Ending> {
        self.ending.borrow().clone()
    }

    /// Waits until the end is requested.
    pub async fn requested(&self) -> Ending {
        let mut receiver = self.ending.subscribe();
        let asked = receiver.wait_for(Option::is_some).await.map(|ending| ending.clone());
        match asked {
            Ok(ending) => ending.unwrap_or(Ending::Interrupted),
            Err(_) => std::future::pending().await,
        }
    }

    /// What a piece of work comes to; `None` when the end is requested before it is done.
    pub async fn unless_requested<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        tokio::select! {
            done = work => Some(done),
            _ = self.requested() => None,
        }
    }

    /// Waits for a moment, or less when the end is requested; returns whether the moment came.
    pub async fn sleep_until(&self, then: tokio::time::Instant) -> bool {
        tokio::select! {
            () = tokio::time::sleep_until(then) => true,
            _ = self.requested() => false,
        }
    }
}
