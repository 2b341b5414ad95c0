//! One replica: a process, started again in place when it ends or turns unhealthy, until it is told
//! to end for good.

mod life;
mod standing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brunt_scenarios::timeline::EventKind;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

use crate::journal::Journal;
use crate::launch::Launch;
use crate::ports::FreePorts;
use crate::probe::Probes;
use crate::spawner::Spawner;
use crate::status::{ReplicaState, ReplicaStatus, resident};

/// What every replica of a service needs.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) launch: Launch,
    pub(crate) probes: Probes,
    pub(crate) grace: Duration,
    pub(crate) endpoints: brunt_proxy::Endpoints,
    pub(crate) ports: Arc<FreePorts>,
    pub(crate) spawner: Spawner,
    pub(crate) journal: Journal,
    /// Told whenever a replica's state changes.
    pub(crate) changes: watch::Sender<()>,
}

/// A replica as its service sees it.
#[derive(Debug)]
pub(crate) struct Replica {
    pub(crate) number: u32,
    pub(crate) revision: u32,
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
    task: AbortHandle,
}

/// What a replica may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// End for good: SIGTERM, and SIGKILL after this long; SIGKILL at once when it is zero.
    End(Duration),
    /// Freeze.
    Pause,
    /// Go on.
    Resume,
}

/// Something a replica is told; it answers whether there was a process to do it to.
struct Order {
    what: What,
    done: oneshot::Sender<bool>,
}

#[derive(Debug)]
struct Shared {
    snapshot: Mutex<Snapshot>,
}

/// A replica at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) state: ReplicaState,
    pub(crate) pid: Option<u32>,
    pub(crate) port: Option<u16>,
    pub(crate) restarts: u32,
    /// Whether its process is frozen.
    pub(crate) paused: bool,
    /// Whether it accepts connections; known only of one without a readiness probe.
    pub(crate) listens: bool,
    /// How its last process ended.
    pub(crate) ended: Option<String>,
    /// Why it is not ready.
    pub(crate) trouble: Option<String>,
    /// Whether it has ever been well.
    pub(crate) was_well: bool,
    /// Whether it was told to end for good.
    pub(crate) leaving: bool,
}

impl Replica {
    /// Starts it. Must be called within a tokio runtime.
    pub(crate) fn start(number: u32, revision: u32, context: &Arc<Context>) -> Self {
        let shared = Arc::new(Shared { snapshot: Mutex::new(Snapshot::new()) });
        let (orders, todo) = mpsc::unbounded_channel();
        let standing = standing::Standing {
            number,
            context: Arc::clone(context),
            shared: Arc::clone(&shared),
        };
        let life = life::Life::new(standing, todo);
        Self { number, revision, shared, orders, task: tokio::spawn(life.run()).abort_handle() }
    }

    /// Tells it something. The answer says whether there was a process to do it to.
    pub(crate) fn tell(&self, what: What) -> oneshot::Receiver<bool> {
        if let What::End(_) = what {
            self.shared.snapshot().leaving = true;
        }
        let (done, answer) = oneshot::channel();
        // One that has gone drops the order, which answers it.
        let _ = self.orders.send(Order { what, done });
        answer
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.shared.snapshot().clone()
    }

    pub(crate) fn status(&self) -> ReplicaStatus {
        let now = self.snapshot();
        ReplicaStatus {
            number: self.number,
            state: if now.paused { ReplicaState::Paused } else { now.state },
            pid: now.pid,
            port: now.port,
            restarts: now.restarts,
            rss: now.pid.and_then(resident),
        }
    }

    /// Ends its task, so that nothing is started again.
    pub(crate) fn abandon(&self) {
        self.task.abort();
    }
}

impl Snapshot {
    fn new() -> Self {
        Self {
            state: ReplicaState::Starting,
            pid: None,
            port: None,
            restarts: 0,
            paused: false,
            listens: false,
            ended: None,
            trouble: None,
            was_well: false,
            leaving: false,
        }
    }

    /// Whether it is sent requests.
    pub(crate) fn is_ready(&self) -> bool {
        self.state == ReplicaState::Ready && !self.leaving
    }
}

impl Shared {
    fn snapshot(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context {
    fn tell(&self, number: u32, what: EventKind) {
        self.journal.replica(number, what);
    }
}
