//! Startup, readiness and liveness probes, with Kubernetes' meaning.
//!
//! Without a startup probe, a service has one of its own, since waiting out a period of some
//! seconds would only make the start slow: until a replica has answered its readiness probe for the
//! first time, it is probed every 50 ms. Liveness begins once the process listens, and then waits
//! its initial delay; one that does not listen within the service's `startsWithin` is restarted, as
//! a startup probe would have it. Without a liveness probe nothing restarts it.

use std::time::Duration;

use brunt_scenarios::plan::{Probe, ProbeAction};
use thiserror::Error;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::exec_probe::{ExecError, ExecProbes};
use crate::grpc_health::{self, GrpcHealthError};
use crate::probe_streak::{ProbeState, Streak};
use crate::replica_address::ReplicaPorts;
use crate::replica_get::{ReplicaGetError, get_status, listens};

/// The time between two probes of a replica that starts.
const STARTUP_PERIOD: Duration = Duration::from_millis(50);

/// What probes find out about a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProbeFinding {
    /// It accepts connections.
    Listens,
    /// Requests may be sent to it.
    Ready,
    /// No more requests may be sent to it.
    NotReady,
    /// A readiness probe has failed, for this reason.
    Failed(String),
    /// It must be restarted, because of this probe.
    Unhealthy(String),
}

/// Why a probe failed. Users read it as the reason why a service is not ready.
#[derive(Debug, Error)]
pub(crate) enum ProbeError {
    #[error("GET {path} is answered with {status}")]
    Status { path: String, status: u16 },
    #[error("GET {path}")]
    Get { path: String, source: ReplicaGetError },
    #[error("no connection to port {port}")]
    Connect { port: u16, source: std::io::Error },
    #[error("no connection to port {port} within {} ms", within.as_millis())]
    ConnectTimedOut { port: u16, within: Duration },
    #[error("the command `{command}`")]
    Exec { command: String, source: ExecError },
    #[error("gRPC's health service")]
    Grpc(#[from] GrpcHealthError),
    #[error("gRPC's health service: no answer within {} ms", .0.as_millis())]
    GrpcTimedOut(Duration),
}

/// The probes of a service.
#[derive(Debug, Clone)]
pub(crate) struct Probes {
    pub(crate) startup: Option<Probe>,
    pub(crate) readiness: Option<Probe>,
    pub(crate) liveness: Option<Probe>,
    pub(crate) starts_within: Duration,
    pub(crate) exec: ExecProbes,
}

/// The probes of one process.
#[derive(Debug, Clone)]
struct ProcessProbes {
    probes: Probes,
    ports: ReplicaPorts,
    findings: UnboundedSender<ProbeFinding>,
}

impl Probes {
    /// Whether a replica may be sent requests as soon as its process exists.
    pub(crate) fn are_ready_at_once(&self) -> bool {
        self.readiness.is_none() && self.startup.is_none()
    }

    /// Probes a process until the set is dropped.
    pub(crate) fn begin(
        &self,
        ports: &ReplicaPorts,
        findings: &UnboundedSender<ProbeFinding>,
    ) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let process = ProcessProbes {
            probes: self.clone(),
            ports: ports.clone(),
            findings: findings.clone(),
        };
        tasks.spawn(process.run());
        tasks
    }
}

impl ProcessProbes {
    /// The startup probe first; then the others at the same time.
    async fn run(self) {
        if let Some(probe) = self.probes.startup.clone() {
            if !self.has_started(&probe).await {
                self.found(ProbeFinding::Unhealthy("its startup probe".to_owned()));
                return;
            }
            if self.probes.readiness.is_none() {
                self.found(ProbeFinding::Ready);
            }
        }
        let ready = async {
            match &self.probes.readiness {
                Some(probe) => self.readiness(probe).await,
                None => {
                    until_it_listens(self.ports.first).await;
                    self.found(ProbeFinding::Listens);
                }
            }
        };
        let alive = async {
            if let Some(probe) = &self.probes.liveness {
                self.liveness(probe).await;
            }
        };
        tokio::join!(ready, alive);
    }

    /// Who receives it ends when the process has.
    fn found(&self, finding: ProbeFinding) {
        let _ = self.findings.send(finding);
    }

    /// Whether a startup probe succeeds before it has failed too often.
    async fn has_started(&self, probe: &Probe) -> bool {
        sleep(seconds(probe.initial_delay_seconds)).await;
        let mut period = ticks(probe);
        for _ in 0..probe.failure_threshold.max(1) {
            match self.once(probe).await {
                Ok(()) => return true,
                Err(error) => self.failed(&error),
            }
            period.tick().await;
        }
        false
    }

    fn failed(&self, error: &ProbeError) {
        self.found(ProbeFinding::Failed(brunt_faults::with_causes(error)));
    }

    async fn readiness(&self, probe: &Probe) {
        sleep(seconds(probe.initial_delay_seconds)).await;
        let mut streak = Streak::new(probe, ProbeState::Failing);
        let mut period = ticks(probe);
        let mut started = self.probes.startup.is_some();
        loop {
            let result = self.once(probe).await;
            let success = result.is_ok();
            if let Err(error) = result {
                self.failed(&error);
            }
            match streak.add(success) {
                Some(ProbeState::Succeeding) => self.found(ProbeFinding::Ready),
                Some(ProbeState::Failing) => self.found(ProbeFinding::NotReady),
                None => {}
            }
            if success && !started {
                started = true;
                // The period counts from the first success on, as after a startup probe.
                period.reset();
            }
            if started {
                period.tick().await;
            } else {
                sleep(STARTUP_PERIOD).await;
            }
        }
    }

    async fn liveness(&self, probe: &Probe) {
        if self.probes.startup.is_none()
            && timeout(self.probes.starts_within, until_it_listens(self.ports.first)).await.is_err()
        {
            let why = "its liveness probe, as it does not listen".to_owned();
            self.found(ProbeFinding::Unhealthy(why));
            return;
        }
        sleep(seconds(probe.initial_delay_seconds)).await;
        // It counts as healthy at first, and readiness does not: so a slow start is no failure.
        let mut streak = Streak::new(probe, ProbeState::Succeeding);
        let mut period = ticks(probe);
        let error = loop {
            let result = self.once(probe).await;
            let is_failing = streak.add(result.is_ok()) == Some(ProbeState::Failing);
            match result {
                Err(error) if is_failing => break error,
                _ => period.tick().await,
            };
        };
        let why = format!("its liveness probe: {}", brunt_faults::with_causes(&error));
        self.found(ProbeFinding::Unhealthy(why));
    }

    async fn once(&self, probe: &Probe) -> Result<(), ProbeError> {
        let within = seconds(probe.timeout_seconds.max(1));
        match &probe.action {
            ProbeAction::HttpGet(get) => {
                let path = || get.path.clone();
                let failed = |source| ProbeError::Get { path: path(), source };
                match get_status(self.ports.first, get, within).await.map_err(failed)? {
                    200..=399 => Ok(()),
                    status => Err(ProbeError::Status { path: path(), status }),
                }
            }
            ProbeAction::TcpSocket(socket) => {
                let port = socket.port.unwrap_or(self.ports.first);
                let connect = tokio::net::TcpStream::connect(("127.0.0.1", port));
                let connected = timeout(within, connect).await;
                let connected = connected.map_err(|_| ProbeError::ConnectTimedOut { port, within });
                connected?.map(drop).map_err(|source| ProbeError::Connect { port, source })
            }
            ProbeAction::Exec(command) => {
                let run = self.probes.exec.run(command, &self.ports, within).await;
                run.map_err(|source| ProbeError::Exec { command: command.join(" "), source })
            }
            ProbeAction::Grpc(grpc) => {
                let port = grpc.port.unwrap_or(self.ports.first);
                let checked = timeout(within, grpc_health::check(port, &grpc.service)).await;
                Ok(checked.map_err(|_| ProbeError::GrpcTimedOut(within))??)
            }
        }
    }
}

async fn until_it_listens(port: u16) {
    while !listens(port).await {
        sleep(STARTUP_PERIOD).await;
    }
}

/// A probe that takes longer than the period delays the next one: several at once would count as
/// failures in a row.
fn ticks(probe: &Probe) -> tokio::time::Interval {
    // Kubernetes takes none below 1, and an interval of zero would be a panic.
    let period = seconds(probe.period_seconds.max(1));
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn seconds(n: u32) -> Duration {
    Duration::from_secs(n.into())
}
