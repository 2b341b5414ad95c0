//! A whole system: its services' workloads, and the network between them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_faults::Observed;
use brunt_scenarios::bounds;
use brunt_scenarios::plan::{Program, Service, System};
use brunt_scenarios::timeline::EdgeRecord;
use indexmap::IndexMap;
use tokio::sync::{mpsc, watch};

use crate::data_folder::DataFolder;
use crate::error::LocalError;
use crate::events::EventSender;
use crate::exec_probe::ExecProbes;
use crate::first_ready::FirstReady;
use crate::free_ports::FreePorts;
use crate::launch_spec::LaunchSpec;
use crate::network::Network;
use crate::options::Options;
use crate::preflight;
use crate::probe::Probes;
use crate::process_groups::ProcessGroups;
use crate::process_marks::kill_abandoned;
use crate::readiness::until_ready;
use crate::reaper::Reaper;
use crate::service_context::ServiceContext;
use crate::spawner::Spawner;
use crate::status::{ReplicaPhase, ServiceStatus};
use crate::workload::{KILL_TIMEOUT, LocalWorkload};

/// A system as processes on this machine. Dropping it kills them all; [`LocalSystem::stop`]
/// ends them gracefully.
#[derive(Debug)]
pub struct LocalSystem {
    plan: System,
    began: Instant,
    groups: Arc<ProcessGroups>,
    pub(crate) network: Network,
    pub(crate) workloads: IndexMap<String, LocalWorkload>,
    /// Held until everything has ended.
    _data: DataFolder,
}

impl LocalSystem {
    /// Starts every replica of every service, in the system file's order but never before the
    /// services that it depends on are ready, and does not wait until they are. What happens from
    /// now on is sent to the receiver. Must be called within a tokio runtime with IO and time.
    ///
    /// # Errors
    /// When a program, folder or port is not there to be used. Then nothing has been started, and
    /// no data has been removed.
    pub async fn start(
        system: &System,
        options: Options,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Observed>), LocalError> {
        // First, as they may have the ports and the data.
        tokio::task::spawn_blocking(kill_abandoned).await.unwrap_or_default();
        let data = DataFolder::claim(&options.data)?;
        let logs = preflight::writable_folder(&options.logs)?;
        let options = Options { data: data.path().to_owned(), logs, ..options };
        let mut launches = launches(system, &options)?;
        let network = Network::start(system, options.ports)?;
        for launch in &mut launches {
            launch.callees = network.callees(&launch.service, system);
            let ports = system.services[&launch.service].ports.keys();
            launch.check(ports).map_err(|source| LocalError::launch(&launch.service, source))?;
        }
        if options.fresh {
            data.clear()?;
        }
        let groups = Arc::new(ProcessGroups::new(reaper(&options)?));
        let spawner = Spawner::start(Arc::clone(&groups)).map_err(|source| {
            LocalError::Supervisor { what: "the thread that starts processes".to_owned(), source }
        })?;
        let (sender, observed) = mpsc::unbounded_channel();
        let mut started = Self {
            plan: system.clone(),
            began: Instant::now(),
            groups,
            network,
            workloads: IndexMap::new(),
            _data: data,
        };
        let ports = Arc::new(FreePorts::new());
        let first_ready = first_ready(system);
        for launch in launches {
            let events = EventSender::new(&launch.service, sender.clone());
            started.add(launch, &ports, &spawner, (events, &first_ready));
        }
        Ok((started, observed))
    }

    fn add(
        &mut self,
        launch: LaunchSpec,
        ports: &Arc<FreePorts>,
        spawner: &Spawner,
        (events, first_ready): (EventSender, &IndexMap<String, FirstReady>),
    ) {
        let name = launch.service.clone();
        let service = &self.plan.services[&name];
        let context = ServiceContext {
            probes: Probes {
                startup: service.startup.clone(),
                readiness: service.readiness.clone(),
                liveness: service.liveness.clone(),
                starts_within: service.starts_within,
                exec: ExecProbes { launch: launch.clone(), spawner: spawner.clone() },
            },
            launch,
            grace: service.grace,
            endpoints: self.network.endpoints_of(&name),
            ports: Arc::clone(ports),
            spawner: spawner.clone(),
            events,
            changes: watch::Sender::new(()),
            first_ready: first_ready[&name].clone(),
            depends_on: service.depends_on.iter().map(|other| first_ready[other].clone()).collect(),
        };
        let workload = LocalWorkload::start(context, service);
        self.workloads.insert(name, workload);
    }

    /// Waits until every service is ready and its proxies accept connections.
    ///
    /// # Errors
    /// When a service is not ready within its bound ([`bounds::starts`]), counted from when the
    /// services that it depends on were; sooner when it ends again and again although
    /// all others are ready.
    pub async fn ready(&self) -> Result<(), LocalError> {
        let mut later = Vec::new();
        for name in self.plan.start_order() {
            let Some(workload) = self.workloads.get(name) else { continue };
            if workload.waits() {
                later.push((name, workload));
                continue;
            }
            match self.ready_from(name, workload, self.began.into()).await {
                // What it could not do without may still be starting.
                Err(LocalError::Ended { .. }) if !self.is_last(name) => {
                    later.push((name, workload));
                }
                other => other?,
            }
        }
        for (name, workload) in later {
            // One that has ended several times may wait that long before its next start.
            let began = Instant::now() + bounds::start_back_off(u32::MAX);
            self.ready_from(name, workload, began.into()).await?;
        }
        Ok(())
    }

    /// Waits until a service is ready that could start at that moment, or when those that it
    /// depends on were ready.
    async fn ready_from(
        &self,
        name: &str,
        workload: &LocalWorkload,
        began: tokio::time::Instant,
    ) -> Result<(), LocalError> {
        let within = bounds::starts(&self.plan.services[name]);
        let dependencies = workload.context.depends_on.iter();
        let began = dependencies.filter_map(FirstReady::moment).fold(began, Ord::max);
        until_ready(name, workload, (began + within, within), || self.is_last(name)).await?;
        // The bounds of those that depend on it begin now, even if its own task has yet to see it.
        workload.context.first_ready.note();
        if workload.wanted() > 0 {
            self.network.opened(name).await;
        }
        Ok(())
    }

    /// Whether all other services are ready, or wait for one that they depend on.
    fn is_last(&self, name: &str) -> bool {
        let mut others = self.workloads.iter().filter(|(other, _)| *other != name);
        others.all(|(_, other)| other.is_up() || other.waits())
    }

    /// Where a service is offered: its front's address, or the URL of a service that runs already.
    /// Without a slash at the end.
    pub fn url(&self, service: &str) -> Option<String> {
        match &self.plan.services.get(service)?.program {
            Program::Running { url } => Some(url.to_string()),
            Program::Command { .. } | Program::Deployed => Some(self.network.front(service)?.url()),
        }
    }

    /// The state of all services and replicas.
    pub fn status(&self) -> Vec<ServiceStatus> {
        let status = |name: &String| ServiceStatus {
            name: name.clone(),
            url: self.url(name).unwrap_or_default(),
            replicas: self.workloads.get(name).map(LocalWorkload::status).unwrap_or_default(),
        };
        self.plan.services.keys().map(status).collect()
    }

    /// Each replica's number and own address, past any proxy; a service that runs already
    /// counts as one.
    pub fn replicas_of(&self, service: &str) -> Vec<(u32, String)> {
        match self.workloads.get(service) {
            Some(workload) => workload
                .ports()
                .map(|(number, port)| (number, format!("http://127.0.0.1:{port}")))
                .collect(),
            None => self.url(service).into_iter().map(|url| (1, url)).collect(),
        }
    }

    /// Requests that went through each proxy up to now.
    pub fn edges(&self) -> Vec<EdgeRecord> {
        self.network.records()
    }

    /// Stops everything: SIGTERM, each service's grace, SIGKILL. Returns what could not be ended;
    /// empty when all has ended.
    pub async fn stop(self) -> Vec<String> {
        self.stop_within(Duration::MAX).await
    }

    /// Like [`LocalSystem::stop`], but no service gets more grace than this.
    pub async fn stop_within(self, most: Duration) -> Vec<String> {
        for workload in self.workloads.values() {
            workload.close(most).await;
        }
        // All are stopped at the same time, so the longest grace bounds them together.
        let longest = self.plan.services.values().map(|service: &Service| service.grace).max();
        let longest = longest.unwrap_or_default().min(most);
        let until = tokio::time::Instant::now() + longest + KILL_TIMEOUT;
        let mut left = Vec::new();
        for (name, workload) in &self.workloads {
            let mut changes = workload.context.changes.subscribe();
            // Running out of time shows in what is left.
            let _ = tokio::time::timeout_at(
                until,
                changes.wait_for(|()| remaining(workload).is_empty()),
            )
            .await;
            let remaining = remaining(workload);
            left.extend(
                remaining.iter().map(|process| format!("{name}: {process} could not be ended")),
            );
        }
        self.groups.kill_daemons();
        // With anything left, the reaper stays and kills it when this process ends.
        if left.is_empty() {
            self.groups.dismiss_reaper();
        }
        left
    }
}

impl Drop for LocalSystem {
    fn drop(&mut self) {
        // Tasks first: one that still ran would start a killed process again.
        for workload in self.workloads.values() {
            workload.abandon();
        }
        self.groups.kill_all();
    }
}

fn first_ready(system: &System) -> IndexMap<String, FirstReady> {
    let of = |service: &Service| match service.is_ours() {
        true => FirstReady::to_come(),
        false => FirstReady::now(),
    };
    system.services.iter().map(|(name, service)| (name.clone(), of(service))).collect()
}

fn launches(system: &System, options: &Options) -> Result<Vec<LaunchSpec>, LocalError> {
    let all = system.services.iter();
    all.filter_map(|(name, service)| preflight::launch(name, service, options).transpose())
        .collect()
}

fn reaper(options: &Options) -> Result<Option<Reaper>, LocalError> {
    let start = |command: &Vec<_>| Reaper::start(command);
    let reaper = options.reaper.as_ref().map(start).transpose();
    reaper.map_err(|source| LocalError::Supervisor { what: "the reaper".to_owned(), source })
}

/// Replicas that are not gone, in words.
fn remaining(workload: &LocalWorkload) -> Vec<String> {
    let mut all = workload.status();
    all.retain(|replica| replica.state != ReplicaPhase::Gone);
    all.iter()
        .map(|replica| match replica.pid {
            Some(pid) => format!("replica {} (process {pid})", replica.number),
            None => format!("replica {}", replica.number),
        })
        .collect()
}
