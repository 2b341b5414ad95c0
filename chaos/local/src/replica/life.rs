//! What a replica goes through, told as a loop over its processes.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use brunt_proxy::EndpointAddress;
use brunt_scenarios::timeline::{EventKind, RestartReason};
use rustix::process::Signal;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::standing::Standing;
use super::{Order, What};
use crate::back_off::BackOff;
use crate::groups::signal;
use crate::launch::Start;
use crate::probe::Finding;
use crate::status::ReplicaState;

/// How long a request that was handed over may take to be read.
const ARRIVAL: Duration = Duration::from_millis(50);

pub(super) struct Life {
    standing: Standing,
    orders: mpsc::UnboundedReceiver<Order>,
    back_off: BackOff,
}

/// A running process and its address.
struct Process {
    child: Child,
    group: u32,
    endpoint: EndpointAddress,
}

/// Why a process ended.
enum End {
    ForGood,
    ByItself,
    Unhealthy,
}

impl Life {
    pub(super) fn new(standing: Standing, orders: mpsc::UnboundedReceiver<Order>) -> Self {
        Self { standing, orders, back_off: BackOff::default() }
    }

    pub(super) async fn run(mut self) {
        let mut start = Start::First;
        loop {
            let began = Instant::now();
            let reason = match self.one_process(start).await {
                End::ForGood => break,
                End::ByItself => RestartReason::Crash,
                End::Unhealthy => RestartReason::Liveness,
            };
            start = Start::Again;
            let wait = self.back_off.after(began.elapsed());
            if self.told_to_end_within(wait).await {
                break;
            }
            self.standing.change(|now| {
                now.restarts += 1;
                now.state = ReplicaState::Starting;
            });
            self.standing.tell(EventKind::Restarting { reason });
        }
        self.standing.change(|now| now.state = ReplicaState::Gone);
    }

    /// Waits before the next start; an order to end comes first.
    async fn told_to_end_within(&mut self, wait: Duration) -> bool {
        self.standing.change(|now| now.state = ReplicaState::BackOff);
        let until = Instant::now() + wait;
        loop {
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    None => return true,
                    Some(Order { what, done }) => {
                        let _ = done.send(false);
                        if let What::End(_) = what {
                            return true;
                        }
                    }
                },
                () = sleep_until(until) => return false,
            }
        }
    }

    /// One process from its start to its end.
    async fn one_process(&mut self, start: Start) -> End {
        let (process, port) = match self.spawn(start).await {
            Ok(started) => started,
            Err(error) => {
                self.standing.ended(format!("could not be started: {error}"));
                return End::ByItself;
            }
        };
        let (tell, mut findings) = mpsc::unbounded_channel();
        let _probes = self.standing.context.probes.begin(port, &tell);
        if self.standing.context.probes.readiness.is_none() {
            self.standing.enter(&process.endpoint);
        }
        self.watch(process, &mut findings).await
    }

    async fn spawn(&self, start: Start) -> io::Result<(Process, u16)> {
        let port = self.standing.context.ports.pick()?;
        let command = self.standing.context.launch.command(self.standing.number, port, start)?;
        let child = self.standing.context.spawner.spawn(command).await?;
        let group = child.id().ok_or_else(|| io::Error::other("it ended at once"))?;
        self.standing.tell(EventKind::Started);
        self.standing.change(|now| {
            now.pid = Some(group);
            now.port = Some(port);
            now.listens = false;
        });
        let endpoint = EndpointAddress::local(port);
        Ok((Process { child, group, endpoint }, port))
    }

    async fn watch(
        &mut self,
        mut process: Process,
        findings: &mut mpsc::UnboundedReceiver<Finding>,
    ) -> End {
        loop {
            tokio::select! {
                exit = process.child.wait() => {
                    self.over(&process, &exit);
                    return End::ByItself;
                }
                order = self.orders.recv() => {
                    if let Some(grace) = self.heed(order, &process).await {
                        return self.end(process, grace, End::ForGood).await;
                    }
                }
                Some(finding) = findings.recv() => {
                    if self.found(finding, &process.endpoint) == Verdict::Unhealthy {
                        let grace = self.standing.context.grace;
                        return self.end(process, grace, End::Unhealthy).await;
                    }
                }
            }
        }
    }

    fn found(&self, finding: Finding, endpoint: &EndpointAddress) -> Verdict {
        match finding {
            Finding::Listens => self.standing.change(|now| {
                now.listens = true;
                now.was_well = true;
            }),
            Finding::Ready => {
                self.standing.change(|now| now.was_well = true);
                self.standing.enter(endpoint);
            }
            Finding::NotReady => drop(self.standing.leave(endpoint)),
            Finding::NotYet(why) => self.standing.shared.snapshot().trouble = Some(why),
            Finding::Unhealthy => {
                self.standing.tell(EventKind::Unhealthy);
                return Verdict::Unhealthy;
            }
        }
        Verdict::GoOn
    }

    /// Does what it is told and says whether it could; returns the grace if it is told to end.
    async fn heed(&self, order: Option<Order>, process: &Process) -> Option<Duration> {
        let Some(Order { what, done }) = order else {
            // The service has gone, and so must this.
            return Some(Duration::ZERO);
        };
        let mut grace = None;
        let did = match what {
            What::Pause => self.freeze(process),
            What::Resume => self.thaw(process),
            What::End(within) => {
                self.ask_to_end(process, within).await;
                grace = Some(within);
                true
            }
        };
        let _ = done.send(did);
        grace
    }

    fn freeze(&self, process: &Process) -> bool {
        signal(process.group, Signal::STOP);
        self.standing.tell(EventKind::Paused);
        self.standing.change(|now| now.paused = true);
        true
    }

    /// A process that was started since then is not frozen.
    fn thaw(&self, process: &Process) -> bool {
        let frozen = self.standing.shared.snapshot().paused;
        if frozen {
            signal(process.group, Signal::CONT);
            self.standing.tell(EventKind::Resumed);
            self.standing.change(|now| now.paused = false);
        }
        frozen
    }

    /// Leaves the endpoints and is signalled at the same moment, as in a cluster. Only requests
    /// that a proxy has handed over already may arrive first: that they and the signal overtake one
    /// another is the proxy's doing, not the system's.
    async fn ask_to_end(&self, process: &Process, grace: Duration) {
        let under_way = self.standing.leave(&process.endpoint);
        self.standing.change(|now| now.state = ReplicaState::Terminating);
        if grace.is_zero() {
            signal(process.group, Signal::KILL);
            return;
        }
        // Whatever has not been answered by then has been read, and is the program's to finish.
        let _ = timeout(ARRIVAL.min(grace), under_way.answered()).await;
        signal(process.group, Signal::TERM);
    }

    /// Sees a process through its end. An order to end for good may come while it is ended to be
    /// restarted, or once more with less grace.
    async fn end(&mut self, mut process: Process, grace: Duration, mut why: End) -> End {
        if let End::Unhealthy = why {
            self.ask_to_end(&process, grace).await;
        }
        let mut deadline = Instant::now() + grace;
        let mut killed = false;
        loop {
            tokio::select! {
                exit = process.child.wait() => {
                    self.over(&process, &exit);
                    return why;
                }
                () = sleep_until(deadline), if !killed => {
                    signal(process.group, Signal::KILL);
                    killed = true;
                }
                order = self.orders.recv(), if !self.orders.is_closed() => {
                    if let Some(grace) = self.heed(order, &process).await {
                        deadline = deadline.min(Instant::now() + grace);
                        why = End::ForGood;
                    }
                }
            }
        }
    }

    /// A process is over.
    fn over(&self, process: &Process, exit: &io::Result<ExitStatus>) {
        self.standing.context.spawner.groups().ended(process.group);
        drop(self.standing.leave(&process.endpoint));
        let how = match exit {
            Ok(status) => in_words(*status),
            Err(error) => error.to_string(),
        };
        self.standing.ended(how);
    }
}

/// What is to be done about a finding.
#[derive(PartialEq, Eq)]
enum Verdict {
    GoOn,
    Unhealthy,
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "in an unknown way".to_owned(),
    }
}
