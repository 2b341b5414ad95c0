//! A system on a cluster for the length of one run: owns what the run needs, and is its public
//! face.

pub(crate) mod options;
mod prepare;
pub(crate) mod preview;
mod readiness;
mod served;
mod start;
mod target;
mod teardown;

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_scenarios::plan::{Fault, FaultKind};
use brunt_scenarios::timeline::{EdgeRecord, ScalerRecord};
use tokio::task::JoinSet;

use crate::changes::changer::Changer;
use crate::client::error::KubeError;
use crate::client::port_forward::{ServiceRoute, route_to_pod};
use crate::edge_proxy::proxies::EdgeProxies;
use crate::faults::context::FaultContext;
use crate::faults::stress::StressProcesses;
use crate::observe::gaps::WatchGap;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;
use crate::workers::job::LoadJob;
use crate::workers::load_workers::LoadWorkers;

/// A run on a cluster.
pub struct ClusterRun {
    changer: Changer,
    observer: Observer,
    services: ClusterServices,
    edge_proxies: EdgeProxies,
    stress: StressProcesses,
    /// Whether a watchdog reverts the run if this process is killed.
    has_watchdog: bool,
    settled_autoscalers: Vec<String>,
    /// The faults that the run injects, by which it is known how long each lasts.
    faults: Vec<Fault>,
    /// The image of brunt that was named.
    image: Option<String>,
    /// Routes to single pods, by namespace and name. They are kept, as each may be a port-forward.
    pod_routes: tokio::sync::Mutex<BTreeMap<(String, String), ServiceRoute>>,
    _watches: JoinSet<()>,
}

impl ClusterRun {
    /// Makes the services as the plan has them where the manifests differ, waits until each is
    /// ready, and then installs edge proxies for the edges that the run breaks or counts.
    ///
    /// # Errors
    /// When a service has not become ready within its bound, with what to look at.
    pub async fn ready(&self) -> Result<(), KubeError> {
        let (changer, observer, services) = (&self.changer, &self.observer, &self.services);
        // Before anything is waited for, as these changes roll services out.
        let rollouts = prepare::prepare(changer, services).await?;
        if changer.is_dry_run() {
            return self.edge_proxies.install(changer, observer, services).await;
        }
        for (service, workload) in &services.workloads {
            let generation = rollouts.get(service).copied().unwrap_or_default();
            let one = (service.as_str(), workload);
            readiness::wait_until_ready(observer, services, one, generation).await?;
        }
        self.wait_until_settled(&rollouts).await?;
        // After the rollouts, whose pods would all be new to the proxies and their callers.
        self.edge_proxies.install(changer, observer, services).await?;
        let settled = |service: &&String| self.settled_autoscalers.contains(service);
        for service in services.workloads.keys().filter(settled) {
            let one = (service.as_str(), &services.workloads[service]);
            readiness::wait_until_scaled_in(observer, services, one).await?;
        }
        Ok(())
    }

    /// Waits until what was prepared is in effect for everybody: a load that began before would
    /// meet the preparation, and a proof would succeed for the wrong reason.
    async fn wait_until_settled(&self, rollouts: &BTreeMap<String, i64>) -> Result<(), KubeError> {
        let (cluster, services) = (self.changer.cluster(), &self.services);
        for service in rollouts.keys() {
            let (workload, plan) = (&services.workloads[service], &services.plan.services[service]);
            if plan.readiness.is_none() {
                let one = (service.as_str(), workload);
                let starts = plan.starts_within;
                let there = cluster.within(&workload.namespace);
                served::wait_until_served(&there, &self.observer, one, starts).await?;
            }
        }
        if !rollouts.is_empty() {
            tokio::time::sleep(served::ENDPOINTS_FOLLOWED).await;
        }
        Ok(())
    }

    /// How many services the system has.
    pub fn service_count(&self) -> usize {
        self.services.plan.services.len()
    }

    /// Where a service answers this machine, without a slash at the end.
    pub fn url(&self, service: &str) -> Option<String> {
        self.services.url(service)
    }

    /// Where a service answers inside the cluster, without a slash at the end.
    pub fn cluster_url(&self, service: &str) -> Option<String> {
        self.services.cluster_url(service)
    }

    /// Whether this machine reaches every service at its own address, not through the API server.
    pub fn all_services_direct(&self) -> bool {
        self.services.all_direct()
    }

    /// Whether there is an image of brunt: one that was named, or that of this process or
    /// of the system.
    pub fn has_image(&self, named: Option<&str>) -> bool {
        self.image(named).is_some()
    }

    fn image<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        self.services.image(named.or(self.image.as_deref()))
    }

    /// The numbers of a service's pods, and where each answers this machine, past every Service.
    pub async fn replica_urls(&self, service: &str) -> Vec<(u32, String)> {
        let workload = self.services.workloads.get(service);
        let Some((workload, port)) = workload.and_then(|one| Some((one, one.port()?))) else {
            return self.url(service).into_iter().map(|url| (1, url)).collect();
        };
        let pods = self.observer.state().pods(service);
        let there = self.changer.cluster().within(&workload.namespace);
        let mut routes = self.pod_routes.lock().await;
        let mut urls = Vec::new();
        for pod in pods {
            let key = (workload.namespace.clone(), pod.name);
            if !routes.contains_key(&key)
                && let Ok(route) = route_to_pod(&there, &key.1, pod.address, port).await
            {
                routes.insert(key.clone(), route);
            }
            urls.extend(routes.get(&key).map(|route| (pod.number, route.url())));
        }
        urls
    }

    /// Starts load workers inside the cluster; they wait for [`LoadWorkers::start_at`].
    ///
    /// # Errors
    /// When they may not be made, or do not all run in time, with why; then none is left.
    pub async fn start_workers(&self, load: &LoadJob) -> Result<LoadWorkers, KubeError> {
        let image = self.image(load.image.as_deref()).ok_or_else(|| KubeError::NoImage {
            needed_for: "load from inside the cluster comes from pods of brunt".to_owned(),
            or_else: ", or put the load on from this machine by --from here",
        })?;
        LoadWorkers::start(&self.changer, image, load).await
    }

    /// The requests that went through edge proxies up to now, a record an edge; edges with requests
    /// that were not counted are left out.
    pub async fn edge_records(&self) -> Vec<EdgeRecord> {
        self.edge_proxies.edge_records().await
    }

    /// How many calls one replica of a service has made to another service up to now.
    pub async fn calls_of_replica(&self, caller: &str, replica: u32, callee: &str) -> u64 {
        let proxies = &self.edge_proxies;
        proxies.calls_of_replica(&self.observer, (caller, replica), callee).await
    }

    /// What the autoscalers of the run's checks say of themselves.
    pub async fn autoscaler_records(&self) -> Vec<ScalerRecord> {
        let (cluster, names) = (self.changer.cluster(), &self.settled_autoscalers);
        readiness::autoscaler_records(cluster, &self.services, names).await
    }

    /// Times in which something of the system was not seen, up to now.
    pub fn gaps(&self) -> Vec<WatchGap> {
        self.observer.gaps().into_iter().chain(self.edge_proxies.gaps()).collect()
    }

    /// What was changed up to now, or would have been in a dry run, a sentence each.
    pub fn planned_changes(&self) -> Vec<String> {
        self.changer.notes()
    }

    /// What makes the changes of a planned fault, which others may revert soon after its end.
    fn changer_for(&self, is: impl Fn(&FaultKind) -> bool) -> Changer {
        self.changer_for_delayed(Duration::ZERO, is)
    }

    /// The same for a fault whose length counts from so long after its first change.
    fn changer_for_delayed(&self, by: Duration, is: impl Fn(&FaultKind) -> bool) -> Changer {
        self.changer.lasting(self.length_of(is).map(|longest| longest.saturating_add(by)))
    }

    /// How long the longest planned fault of this kind lasts; one without a length lasts as long
    /// as the run.
    fn length_of(&self, is: impl Fn(&FaultKind) -> bool) -> Option<Duration> {
        let mut lengths =
            self.faults.iter().filter(|fault| is(&fault.kind)).map(|fault| fault.lasts);
        let first = lengths.next().flatten();
        lengths.fold(first, |longest, lasts| Some(longest?.max(lasts?)))
    }

    fn fault_context<'a>(&'a self, changer: &'a Changer) -> FaultContext<'a> {
        FaultContext {
            changer,
            observer: &self.observer,
            services: &self.services,
            stress: &self.stress,
            image: self.image(None),
        }
    }
}
