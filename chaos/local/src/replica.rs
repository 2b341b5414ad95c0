//! One replica: a process, started again in place when it ends or becomes unhealthy, until it is
//! stopped for good.

mod command;
mod lifecycle;
mod reporter;
mod snapshot;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tracing::Instrument;

use crate::service_context::ServiceContext;
use crate::status::{ReplicaStatus, resident};
pub(crate) use command::ReplicaAction;
use command::ReplicaCommand;
use lifecycle::ReplicaLifecycle;
use reporter::ReplicaReporter;
pub(crate) use snapshot::ReplicaSnapshot;
use snapshot::SharedSnapshot;

/// A replica as its workload sees it.
#[derive(Debug)]
pub(crate) struct LocalReplica {
    pub(crate) number: u32,
    pub(crate) revision: u32,
    shared: Arc<SharedSnapshot>,
    commands: mpsc::UnboundedSender<ReplicaCommand>,
    task: AbortHandle,
}

impl LocalReplica {
    /// Starts it. Must be called within a tokio runtime.
    pub(crate) fn start(number: u32, revision: u32, context: &Arc<ServiceContext>) -> Self {
        let shared = Arc::new(SharedSnapshot::new());
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
            state: now.phase(),
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
