//! What every replica of a service needs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::events::EventSender;
use crate::first_ready::FirstReady;
use crate::free_ports::FreePorts;
use crate::launch_spec::LaunchSpec;
use crate::probe::Probes;
use crate::replica_address::ServiceEndpoints;
use crate::spawner::Spawner;

/// What every replica of a service needs.
#[derive(Debug)]
pub(crate) struct ServiceContext {
    pub(crate) launch: LaunchSpec,
    pub(crate) probes: Probes,
    pub(crate) grace: Duration,
    pub(crate) endpoints: ServiceEndpoints,
    pub(crate) ports: Arc<FreePorts>,
    pub(crate) spawner: Spawner,
    pub(crate) events: EventSender,
    /// Notified whenever a replica's state changes.
    pub(crate) changes: watch::Sender<()>,
    /// When all replicas were ready for the first time.
    pub(crate) first_ready: FirstReady,
    /// The same of the services that it depends on.
    pub(crate) depends_on: Vec<FirstReady>,
}
