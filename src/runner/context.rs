//! What all parts of a run share.

use std::sync::Arc;
use std::time::Instant;

use brunt_faults::Observed;
use brunt_scenarios::plan::Plan;
use tokio::sync::mpsc::UnboundedReceiver;

use super::client::SystemClient;
use super::observer::RunObserver;
use super::run_config::RunConfig;
use super::stop_signal::StopSignal;
use crate::target::RunningSystem;

/// What all parts of a run share.
pub struct RunContext<'a> {
    pub config: &'a RunConfig<'a>,
    pub system: Arc<RunningSystem>,
    pub client: SystemClient,
    pub observer: RunObserver,
    pub stop: StopSignal,
}

impl<'a> RunContext<'a> {
    pub fn new(
        config: &'a RunConfig<'a>,
        system: RunningSystem,
        observed: UnboundedReceiver<Observed>,
    ) -> Self {
        let system = Arc::new(system);
        Self {
            config,
            client: SystemClient::new(Arc::clone(&system)),
            system,
            observer: RunObserver::watch(observed, config.progress.clone()),
            stop: StopSignal::on_signals(),
        }
    }

    pub fn plan(&self) -> &'a Plan {
        self.config.plan
    }

    /// The clock's zero: the loads' start, and until then the run's.
    pub fn origin(&self) -> Instant {
        self.observer.origin()
    }

    /// The system, for the one who shuts it down.
    ///
    /// # Panics
    /// When a task that shares the system has not ended.
    pub fn into_system(self) -> RunningSystem {
        let Self { system, client, .. } = self;
        drop(client);
        Arc::into_inner(system).expect("everything that shared the system has ended")
    }
}
