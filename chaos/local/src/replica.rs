//! One replica: a process, started again in place when it ends or becomes unhealthy, until it is
//! stopped for good.

mod lifecycle;
mod reporter;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tracing::Instrument;

use crate::events::EventSender;
use crate::free_ports::FreePorts;
use crate::launch_spec::LaunchSpec;
use crate::probe::Probes;
use crate::spawner::Spawner;
use crate::status::{ReplicaPhase, ReplicaStatus, resident};
use lifecycle::ReplicaLifecycle;
use reporter::ReplicaReporter;

/// What every replica of a service needs.
#[derive(Debug)]
pub(crate) struct ServiceContext {
    pub(crate) launch: LaunchSpec,
    pub(crate) probes: Probes,
    pub(crate) grace: Duration,
    pub(crate) endpoints: brunt_proxy::Endpoints,
    pub(crate) ports: Arc<FreePorts>,
    pub(crate) spawner: Spawner,
    pub(crate) events: EventSender,
    /// Notified whenever a replica's state changes.
    pub(crate) changes: watch::Sender<()>,
}

/// A replica as its workload sees it.
#[derive(Debug)]
pub(crate) struct LocalReplica {
    pub(crate) number: u32,
    pub(crate) revision: u32,
    shared: Arc<SharedSnapshot>,
    commands: mpsc::UnboundedSender<ReplicaCommand>,
    task: AbortHandle,
}

/// What can be done to a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReplicaAction {
    /// Ends it for good: SIGTERM, and SIGKILL after this long; SIGKILL at once when it is zero.
    Stop(Duration),
    Pause,
    Resume,
}

/// An action to carry out; the reply is whether there was a process to carry it out on.
struct ReplicaCommand {
    action: ReplicaAction,
    done: oneshot::Sender<bool>,
}

#[derive(Debug)]
struct SharedSnapshot(Mutex<ReplicaSnapshot>);

/// A replica at one moment.
#[derive(Debug, Clone)]
pub(crate) struct ReplicaSnapshot {
    pub(crate) state: ReplicaPhase,
    pub(crate) pid: Option<u32>,
    pub(crate) port: Option<u16>,
    pub(crate) restarts: u32,
    pub(crate) paused: bool,
    /// Whether it accepts connections; known only of one without a readiness probe.
    pub(crate) listens: bool,
    /// How its last process ended.
    pub(crate) ended: Option<String>,
    /// Why it is not ready.
    pub(crate) trouble: Option<String>,
    pub(crate) was_ready_once: bool,
    /// Whether it is being stopped for good.
    pub(crate) stopping: bool,
}

impl LocalReplica {
    /// Starts it. Must be called within a tokio runtime.
    pub(crate) fn start(number: u32, revision: u32, context: &Arc<ServiceContext>) -> Self {
        let shared = Arc::new(SharedSnapshot(Mutex::new(ReplicaSnapshot::new())));
        let (commands, received) = mpsc::unbounded_channel();
        let reporter = ReplicaReporter::new(number, Arc::clone(context), Arc::clone(&shared));
        let lifecycle = ReplicaLifecycle::new(reporter, received).run().in_current_span();
        Self { number, revision, shared, commands, task: tokio::spawn(lifecycle).abort_handle() }
    }

    /// Carries an action out. The reply is whether there was a process to carry it out on.
    pub(crate) fn send(&self, action: ReplicaAction) -> oneshot::Receiver<bool> {
        if let ReplicaAction::Stop(_) = action {
            // Set here and not by its task: the next count of replicas must not include this one.
            self.shared.lock().stopping = true;
        }
        let (done, reply) = oneshot::channel();
        // A replica that is gone drops the command, which is a reply, too.
        let _ = self.commands.send(ReplicaCommand { action, done });
        reply
    }

    pub(crate) fn snapshot(&self) -> ReplicaSnapshot {
        self.shared.lock().clone()
    }

    pub(crate) fn status(&self) -> ReplicaStatus {
        let now = self.snapshot();
        ReplicaStatus {
            number: self.number,
            // Kubernetes has no such state: a frozen process stays ready until its probes fail.
            state: if now.paused { ReplicaPhase::Paused } else { now.state },
            pid: now.pid,
            port: now.port,
            restarts: now.restarts,
            rss: now.pid.and_then(resident),
        }
    }

    /// Aborts its task, so that no process is started again.
    pub(crate) fn abandon(&self) {
        self.task.abort();
    }
}

impl ReplicaSnapshot {
    fn new() -> Self {
        Self {
            state: ReplicaPhase::Starting,
            pid: None,
            port: None,
            restarts: 0,
            paused: false,
            listens: false,
            ended: None,
            trouble: None,
            was_ready_once: false,
            stopping: false,
        }
    }

    /// Whether requests are sent to it.
    pub(crate) fn is_ready(&self) -> bool {
        self.state == ReplicaPhase::Ready && !self.stopping
    }
}

impl SharedSnapshot {
    fn lock(&self) -> MutexGuard<'_, ReplicaSnapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
