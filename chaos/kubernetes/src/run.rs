//! A system on a cluster, for the length of one run.

pub(crate) mod options;
pub(crate) mod prepare;
pub(crate) mod readiness;
pub(crate) mod target;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use brunt_faults::Observed;
use brunt_scenarios::plan::{Program, System};
use indexmap::IndexMap;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::changes::change::Change;
use crate::changes::record::RunLease;
use crate::changes::revert::{RevertedBy, RunSelector, revert_as};
use crate::changes::watchdog;
use crate::client::connect::{Cluster, ClusterTarget};
use crate::client::error::KubeError;
use crate::client::exec::StressProcess;
use crate::client::object::ChangeMode;
use crate::client::port_forward::{self, ServiceRoute};
use crate::edge_proxy::EdgeProxies;
use crate::observe::watcher::{Observer, WatchGap};
use crate::observe::workload::{self, Workload};
use crate::run::options::{ClusterRunOptions, Watchdog};

/// How long the watches may take to list everything.
const LISTS_WITHIN: Duration = Duration::from_secs(30);

/// How long putting back is tried again when the cluster does not answer.
const PUTS_BACK_WITHIN: Duration = Duration::from_secs(60);

/// Between two tries.
const BREATH: Duration = Duration::from_secs(1);

/// After a run's longest time, until others may put its changes back.
pub const REVERT_MARGIN: Duration = Duration::from_secs(30);

/// A system on a cluster.
pub struct ClusterRun {
    pub(crate) cluster: Cluster,
    pub(crate) lease: RunLease,
    pub(crate) workloads: IndexMap<String, Workload>,
    pub(crate) seen: Observer,
    pub(crate) touch: ChangeMode,
    pub(crate) plan: System,
    pub(crate) reached: IndexMap<String, ServiceRoute>,
    /// Whether something in the cluster puts things back if this process cannot.
    has_dead_man: bool,
    noted: Mutex<Vec<String>>,
    pub(crate) at_rest: Vec<String>,
    named_image: Option<String>,
    pub(crate) between: EdgeProxies,
    /// Ways to single pods, by their names.
    pub(crate) pods_reached: tokio::sync::Mutex<BTreeMap<String, ServiceRoute>>,
    /// What runs in the pods of a service to use up what they may; each ends when it is dropped.
    pub(crate) stressed: tokio::sync::Mutex<BTreeMap<String, Vec<StressProcess>>>,
    _watches: JoinSet<()>,
}

/// Makes of a system file what runs on the cluster: replicas, probes, grace and strategy are those
/// of the live objects, so that bounds are computed from them.
///
/// # Errors
/// When the cluster cannot be asked, or does not run the system.
pub async fn load_live_spec(system: &mut System, place: &ClusterTarget) -> Result<(), KubeError> {
    let cluster = Cluster::connect(place).await?;
    let workloads = workload::find(&cluster, system).await?;
    for (name, workload) in &workloads {
        if let Some(service) = system.services.get_mut(name) {
            workload.inform(service);
        }
    }
    Ok(())
}

impl ClusterRun {
    /// Takes a look at the system, begins to watch it, and puts the order to put things back into
    /// the cluster. What happens from now on is told over the receiver.
    ///
    /// # Errors
    /// When the cluster cannot be asked, does not run the system, or does not take the order. Then
    /// nothing has been changed.
    pub async fn start(
        system: &System,
        options: &ClusterRunOptions,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Observed>), KubeError> {
        let cluster = Cluster::connect(&options.target).await?;
        let workloads = workload::find(&cluster, system).await?;
        let reached = port_forward::all(&cluster, &workloads).await?;
        let (sender, observed) = mpsc::unbounded_channel();
        let seen = Observer::new(&workloads, sender);
        let watches = seen.follow(&cluster, &workloads);
        if tokio::time::timeout(LISTS_WITHIN, seen.complete()).await.is_err() {
            let why = seen.gaps().first().map_or("no answer".to_owned(), |gap| gap.what.clone());
            return Err(KubeError::Other(format!("the namespace cannot be watched: {why}")));
        }
        let lease = lease(options)?;
        let has_dead_man = order(&cluster, &lease, &workloads, options).await?;
        let started = Self {
            cluster,
            lease,
            workloads,
            seen,
            touch: options.mode,
            plan: system.clone(),
            reached,
            has_dead_man,
            noted: Mutex::default(),
            at_rest: options.settled_autoscalers.clone(),
            named_image: options.image.clone(),
            between: EdgeProxies::of(&options.edges, options.drain_timeout),
            pods_reached: tokio::sync::Mutex::default(),
            stressed: tokio::sync::Mutex::default(),
            _watches: watches,
        };
        Ok((started, observed))
    }

    pub(crate) fn ready_pods(&self, service: &str) -> u32 {
        let state = self.seen.state();
        let pods = state.pods(service);
        pods.iter().map(|pod| u32::from(state.takes_requests(pod))).sum()
    }

    /// An image of brunt: the one that was named, or the system's own.
    pub(crate) fn image<'a>(&'a self, named: Option<&'a str>) -> Option<&'a str> {
        image(named.or(self.named_image.as_deref()), &self.workloads)
    }

    /// Whether there is an image of brunt: one that was named, or the system's own.
    pub fn has_image(&self, named: Option<&str>) -> bool {
        self.image(named).is_some()
    }

    /// How many services there are.
    pub fn services(&self) -> usize {
        self.plan.services.len()
    }

    /// Where a service answers this machine, without a slash at the end.
    pub fn url(&self, service: &str) -> Option<String> {
        match &self.plan.services.get(service)?.program {
            Program::Running { url } => Some(url.trim_end_matches('/').to_owned()),
            Program::Command { .. } => self.reached.get(service).map(ServiceRoute::url),
        }
    }

    /// What the watches did not see up to now.
    pub fn gaps(&self) -> Vec<WatchGap> {
        self.seen.gaps().into_iter().chain(self.between.gaps()).collect()
    }

    /// What was touched up to now, or would have been, in words.
    pub fn planned_changes(&self) -> Vec<String> {
        self.notes().clone()
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn note(&self, what: String) {
        self.notes().push(what);
    }

    pub(crate) fn mode(&self) -> ChangeMode {
        self.touch
    }

    /// Changes an object; how it was stands on it from then on. Returns its generation after that.
    pub(crate) async fn change(&self, change: &Change) -> Result<i64, KubeError> {
        self.in_time()?;
        let generation = change.apply(&self.cluster, &self.lease, self.mode()).await?;
        for (path, value) in &change.values {
            let value =
                value.as_ref().map_or("taken away".to_owned(), |value| format!("= {value}"));
            self.note(format!("{}: {path} {value}", change.object));
        }
        Ok(generation)
    }

    /// Nothing is touched any more once others may be putting things back.
    pub(crate) fn in_time(&self) -> Result<(), KubeError> {
        if jiff::Timestamp::now() < self.lease.expires {
            return Ok(());
        }
        Err(KubeError::Other("the run's time is over, so nothing is touched any more".to_owned()))
    }

    /// Puts back what is not yet, and takes away what the run has added. Says what could not
    /// be put back.
    pub async fn stop(self) -> Vec<String> {
        if self.touch == ChangeMode::DryRun {
            return vec![];
        }
        let mut drift = self.withdraw().await;
        let which = RunSelector::Run(self.lease.run.clone());
        let until = Instant::now() + PUTS_BACK_WITHIN;
        loop {
            let reverted = revert_as(&self.cluster, &which, RevertedBy::OwnRun).await;
            drift.extend(reverted.drift);
            if reverted.failed.is_empty() {
                return drift;
            }
            if Instant::now() > until {
                let failed = reverted.failed.into_iter().chain([self.what_to_do()]);
                return drift.into_iter().chain(failed).collect();
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    fn what_to_do(&self) -> String {
        let RunLease { run, expires } = &self.lease;
        let namespace = &self.cluster.namespace;
        let by_hand = format!("`brunt revert --namespace {namespace} --run {run}` puts it back");
        match self.has_dead_man {
            true => {
                format!(
                    "the Job {} puts it back at {expires}, or {by_hand}",
                    watchdog::name(&self.lease)
                )
            }
            false => by_hand,
        }
    }
}

fn lease(options: &ClusterRunOptions) -> Result<RunLease, KubeError> {
    let lasts = jiff::SignedDuration::try_from(options.max_duration + REVERT_MARGIN)
        .map_err(|error| KubeError::Other(format!("the run lasts too long: {error}")))?;
    let expires = jiff::Timestamp::now() + lasts;
    // Whole seconds are easier to read, and what annotations of Kubernetes have.
    let expires = jiff::Timestamp::from_second(expires.as_second() + 1)
        .map_err(|error| KubeError::Other(format!("the run lasts too long: {error}")))?;
    Ok(RunLease { run: options.run.clone(), expires })
}

fn image<'a>(named: Option<&'a str>, workloads: &'a IndexMap<String, Workload>) -> Option<&'a str> {
    let containers = workloads.values().flat_map(|workload| &workload.pod.containers);
    watchdog::image(named, containers.filter_map(|container| container.image.as_deref()))
}

async fn order(
    cluster: &Cluster,
    lease: &RunLease,
    workloads: &IndexMap<String, Workload>,
    options: &ClusterRunOptions,
) -> Result<bool, KubeError> {
    let Watchdog::Job(named) = &options.watchdog else {
        return Ok(false);
    };
    if options.mode == ChangeMode::DryRun {
        return Ok(false);
    }
    let image = image(named.as_deref(), workloads).ok_or_else(|| {
        KubeError::Other(
            "nothing in the cluster could put things back if this process were killed: name an image of brunt that \
             the nodes have by --image, or accept that by --no-dead-man"
                .to_owned(),
        )
    })?;
    let reach = if options.changes_nodes {
        watchdog::WatchdogScope::Nodes
    } else {
        watchdog::WatchdogScope::Namespace
    };
    watchdog::stand(cluster, lease, image, reach).await?;
    Ok(true)
}
