//! A replica's life: a loop over its processes.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use brunt_scenarios::timeline::{EventKind, RestartReason};
use rustix::process::Signal;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::command::{ReplicaAction, ReplicaCommand};
use super::reporter::ReplicaReporter;
use super::snapshot::ReplicaSnapshot;
use crate::back_off::BackOff;
use crate::launch_spec::{LaunchError, LaunchKind};
use crate::probe::ProbeFinding;
use crate::replica_address::{ReplicaPorts, all_answered};
use crate::status::ReplicaPhase;

/// How long a request that a proxy has handed over may take to be read.
const ARRIVAL: Duration = Duration::from_millis(50);

pub(super) struct ReplicaLifecycle {
    reporter: ReplicaReporter,
    commands: mpsc::UnboundedReceiver<ReplicaCommand>,
    back_off: BackOff,
}

/// A running process and its address.
struct ReplicaProcess {
    child: Child,
    group: u32,
    ports: ReplicaPorts,
}

/// Why a process ended.
enum ProcessEnd {
    /// The replica is stopped for good.
    Stopped,
    Exited,
    /// It was ended by this probe.
    Unhealthy(String),
}

impl ReplicaLifecycle {
    pub(super) fn new(
        reporter: ReplicaReporter,
        commands: mpsc::UnboundedReceiver<ReplicaCommand>,
    ) -> Self {
        Self { reporter, commands, back_off: BackOff::default() }
    }

    pub(super) async fn run(mut self) {
        let mut kind = LaunchKind::First;
        loop {
            let began = Instant::now();
            let reason = match self.run_process(kind).await {
                ProcessEnd::Stopped => break,
                ProcessEnd::Exited => RestartReason::Crash,
                ProcessEnd::Unhealthy(_) => RestartReason::Liveness,
            };
            kind = LaunchKind::Restart;
            let wait = match self.reporter.context.first_ready.moment() {
                Some(_) => self.back_off.after(began.elapsed()),
                None => self.back_off.while_starting(),
            };
            if self.is_stopped_within(wait).await {
                break;
            }
            // Counted before it is reported: the timeline's readers look at the count then.
            self.reporter.update(|now| now.restarts += 1);
            let starting = |now: &mut ReplicaSnapshot| now.state = ReplicaPhase::Starting;
            self.reporter.report(EventKind::Restarting { reason }, starting);
        }
        // It is there already unless it was stopped between two processes.
        self.reporter.enter(ReplicaPhase::Gone, "stopped before it was started again");
    }

    /// Waits before the next start; a command to stop ends the wait.
    async fn is_stopped_within(&mut self, wait: Duration) -> bool {
        tracing::debug!(
            service = self.reporter.context.events.service_name(),
            replica = self.reporter.number(),
            ?wait,
            "waiting before the restart"
        );
        let until = Instant::now() + wait;
        loop {
            tokio::select! {
                // A stop that has come by now must win against a wait that is over.
                biased;
                command = self.commands.recv() => match command {
                    None => return true,
                    Some(ReplicaCommand { action, done }) => {
                        let _ = done.send(false);
                        if let ReplicaAction::Stop(_) = action {
                            return true;
                        }
                    }
                },
                () = sleep_until(until) => return false,
            }
        }
    }

    /// One process from its start to its end.
    async fn run_process(&mut self, kind: LaunchKind) -> ProcessEnd {
        let process = match self.spawn(kind).await {
            Ok(started) => started,
            Err(error) => {
                let how = format!("could not be started: {}", brunt_faults::with_causes(&error));
                self.reporter.process_ended(how, None, ReplicaPhase::BackOff);
                return ProcessEnd::Exited;
            }
        };
        let (sender, mut findings) = mpsc::unbounded_channel();
        let _probes = self.reporter.context.probes.begin(&process.ports, &sender);
        if self.reporter.context.probes.are_ready_at_once() {
            self.reporter.ready(&process.ports);
        }
        self.supervise(process, &mut findings).await
    }

    async fn spawn(&self, kind: LaunchKind) -> Result<ReplicaProcess, LaunchError> {
        let context = &self.reporter.context;
        let ports = ReplicaPorts::pick(&context.ports, context.endpoints.named.keys())?;
        let command = context.launch.command(self.reporter.number(), &ports, kind)?;
        let child = context.spawner.spawn(command).await?;
        let group = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
        self.reporter.process_started(group, ports.first);
        Ok(ReplicaProcess { child, group, ports })
    }

    async fn supervise(
        &mut self,
        mut process: ReplicaProcess,
        findings: &mut mpsc::UnboundedReceiver<ProbeFinding>,
    ) -> ProcessEnd {
        loop {
            tokio::select! {
                exit = process.child.wait() => {
                    self.process_ended(&process, &exit, &ProcessEnd::Exited);
                    return ProcessEnd::Exited;
                }
                command = self.commands.recv() => {
                    if let Some(grace) = self.carry_out(command, &process).await {
                        return self.end(process, grace, ProcessEnd::Stopped).await;
                    }
                }
                Some(finding) = findings.recv() => {
                    if let ProbeFinding::Unhealthy(why) = finding {
                        self.reporter.report(EventKind::Unhealthy, |_| {});
                        let grace = self.reporter.context.grace;
                        return self.end(process, grace, ProcessEnd::Unhealthy(why)).await;
                    }
                    self.apply(finding, &process.ports);
                }
            }
        }
    }

    fn apply(&self, finding: ProbeFinding, ports: &ReplicaPorts) {
        match finding {
            ProbeFinding::Listens => {
                self.reporter.report(EventKind::Listening, |now| {
                    now.listens = true;
                    now.was_ready_once = true;
                });
            }
            ProbeFinding::Ready => {
                self.reporter.update(|now| now.was_ready_once = true);
                self.reporter.ready(ports);
            }
            ProbeFinding::NotReady => drop(self.reporter.not_ready(ports)),
            ProbeFinding::Failed(why) => self.reporter.note_trouble(why),
            ProbeFinding::Unhealthy(_) => {}
        }
    }

    /// Carries a command out and replies; returns the grace if the process is to be stopped.
    async fn carry_out(
        &self,
        command: Option<ReplicaCommand>,
        process: &ReplicaProcess,
    ) -> Option<Duration> {
        let Some(ReplicaCommand { action, done }) = command else {
            // The workload has gone, and so must its replicas.
            return Some(Duration::ZERO);
        };
        let mut stop_within = None;
        let has_acted = match action {
            ReplicaAction::Pause => self.pause(process),
            ReplicaAction::Resume => self.resume(process),
            ReplicaAction::Stop(grace) => {
                self.request_end(process, grace).await;
                stop_within = Some(grace);
                true
            }
        };
        let _ = done.send(has_acted);
        stop_within
    }

    fn pause(&self, process: &ReplicaProcess) -> bool {
        self.reporter.signal(process.group, Signal::STOP);
        self.reporter.report(EventKind::Paused, |now| now.paused = true);
        true
    }

    /// A process that was started after the pause is not frozen.
    fn resume(&self, process: &ReplicaProcess) -> bool {
        let paused = self.reporter.snapshot().paused;
        if paused {
            self.reporter.signal(process.group, Signal::CONT);
            self.reporter.report(EventKind::Resumed, |now| now.paused = false);
        }
        paused
    }

    /// Leaves the endpoints and is signaled at the same moment, as in a cluster. Only requests that
    /// a proxy has handed over already may arrive first: that they and the signal overtake one
    /// another is the proxy's doing, not the system's.
    async fn request_end(&self, process: &ReplicaProcess, grace: Duration) {
        let in_flight = self.reporter.not_ready(&process.ports);
        self.reporter.enter(ReplicaPhase::Terminating, "begins to stop");
        if grace.is_zero() {
            self.reporter.signal(process.group, Signal::KILL);
            return;
        }
        // Whatever has not been answered by then has been read, and is the program's to finish.
        let _ = timeout(ARRIVAL.min(grace), all_answered(in_flight)).await;
        self.reporter.signal(process.group, Signal::TERM);
    }

    /// Waits for a process to end, and kills it after its grace. A command to stop may come while
    /// it is ended to be restarted, or once more with less grace.
    async fn end(
        &mut self,
        mut process: ReplicaProcess,
        grace: Duration,
        mut why: ProcessEnd,
    ) -> ProcessEnd {
        if let ProcessEnd::Unhealthy(_) = why {
            self.request_end(&process, grace).await;
        }
        // A closed channel of commands is ready forever, so it is not polled below.
        let mut deadline = Instant::now() + grace;
        let mut killed = false;
        loop {
            tokio::select! {
                exit = process.child.wait() => {
                    self.process_ended(&process, &exit, &why);
                    return why;
                }
                () = sleep_until(deadline), if !killed => {
                    self.reporter.signal(process.group, Signal::KILL);
                    killed = true;
                }
                command = self.commands.recv(), if !self.commands.is_closed() => {
                    if let Some(grace) = self.carry_out(command, &process).await {
                        deadline = deadline.min(Instant::now() + grace);
                        why = ProcessEnd::Stopped;
                    }
                }
            }
        }
    }

    fn process_ended(
        &self,
        process: &ReplicaProcess,
        exit: &io::Result<ExitStatus>,
        why: &ProcessEnd,
    ) {
        self.reporter.context.spawner.groups().leader_ended(process.group);
        drop(self.reporter.not_ready(&process.ports));
        let how = match exit {
            Ok(status) => in_words(*status),
            Err(error) => error.to_string(),
        };
        let (by, next) = match why {
            ProcessEnd::Stopped => (None, ReplicaPhase::Gone),
            ProcessEnd::Exited => (None, ReplicaPhase::BackOff),
            ProcessEnd::Unhealthy(probe) => (Some(probe.clone()), ReplicaPhase::BackOff),
        };
        self.reporter.process_ended(how, by, next);
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "in an unknown way".to_owned(),
    }
}
