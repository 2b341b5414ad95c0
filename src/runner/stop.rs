//! Asking a run to end early, once, with a reason.

use std::time::Duration;

use brunt_scenarios::timeline::Ending;
use brunt_scenarios::units::Period;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Shared by everything that goes on during a run. The first reason counts.
#[derive(Clone)]
pub struct Stop {
    ending: watch::Sender<Option<Ending>>,
}

impl Stop {
    /// One that ctrl-C and SIGTERM ask. A second signal ends the program at once; the reaper
    /// cleans up then.
    pub fn on_signals() -> Self {
        let stop = Self { ending: watch::Sender::new(None) };
        let asked = stop.clone();
        tokio::spawn(async move {
            let interrupt = signal(SignalKind::interrupt());
            let terminate = signal(SignalKind::terminate());
            let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
                return;
            };
            for time in 0.. {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                if time > 0 {
                    std::process::exit(130);
                }
                asked.ask(Ending::Interrupted);
            }
        });
        stop
    }

    /// Asks to end.
    pub fn ask(&self, why: Ending) {
        self.ending.send_if_modified(|ending| {
            let first = ending.is_none();
            if first {
                *ending = Some(why);
            }
            first
        });
    }

    /// Asks to end when it all takes longer than it may.
    pub async fn after(self, most: Duration) {
        tokio::time::sleep(most).await;
        self.ask(Ending::Aborted(format!("it took longer than {}", Period(most))));
    }

    /// Why the run was asked to end, if it was.
    pub fn ending(&self) -> Option<Ending> {
        self.ending.borrow().clone()
    }

    /// Waits until somebody asks.
    pub async fn asked(&self) -> Ending {
        let mut receiver = self.ending.subscribe();
        let asked = receiver.wait_for(Option::is_some).await.map(|ending| ending.clone());
        match asked {
            Ok(ending) => ending.unwrap_or(Ending::Interrupted),
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits for a moment, or less if somebody asks; says whether the moment came.
    pub async fn sleep_until(&self, then: tokio::time::Instant) -> bool {
        tokio::select! {
            () = tokio::time::sleep_until(then) => true,
            _ = self.asked() => false,
        }
    }
}
