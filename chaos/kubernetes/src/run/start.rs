//! Starting a run: connection, watches, watchdog. Nothing is changed before the watchdog runs.

use std::time::Duration;

use brunt_faults::Observed;
use brunt_scenarios::plan::System;
use tokio::sync::mpsc;

use super::ClusterRun;
use super::options::{ClusterRunOptions, Watchdog};
use crate::changes::changer::{Changer, expiry};
use crate::changes::record::RunLease;
use crate::changes::watchdog::{self, WatchdogScope};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ChangeMode, ObjectKind};
use crate::edge_proxy::proxies::EdgeProxies;
use crate::faults::beforehand;
use crate::faults::stress::StressProcesses;
use crate::observe::namespace_watch;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;

/// How long the watches may take to list everything.
const LIST_TIMEOUT: Duration = Duration::from_secs(30);

impl ClusterRun {
    /// Finds the system, begins to watch it, and creates the watchdog. What happens to the system
    /// from now on comes over the receiver.
    ///
    /// # Errors
    /// When the cluster cannot be reached, does not run the system, or does not take the watchdog.
    /// Then nothing has been changed.
    pub async fn start(
        system: &System,
        options: &ClusterRunOptions,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Observed>), KubeError> {
        let cluster = Cluster::connect(&options.target).await?;
        let services = ClusterServices::find(&cluster, system).await?;
        let (sender, observed) = mpsc::unbounded_channel();
        // Before the watchdog: it takes seconds to start, in which the watches list.
        let observer = Observer::new(&services, sender);
        let watches = namespace_watch::follow(&observer, &cluster);
        if tokio::time::timeout(LIST_TIMEOUT, observer.complete()).await.is_err() {
            let gaps = observer.gaps();
            let why = gaps.first().map_or("no answer".to_owned(), |gap| gap.what.clone());
            return Err(KubeError::NotWatched { why });
        }
        if options.mode == ChangeMode::Apply {
            beforehand::refuse(&cluster, &services, &options.faults).await?;
        }
        // The run's time begins here, so that waiting for watches takes nothing of it.
        let changer = Changer::new(cluster, lease(options)?, options.mode)
            .with_helpers(system.helpers.clone());
        let edge_proxies =
            EdgeProxies::new(options.edges.clone(), options.image.clone(), options.drain_timeout);
        edge_proxies.check(changer.cluster(), &services).await?;
        let has_watchdog = create_watchdog(&changer, &services, options).await?;
        let run = Self {
            changer,
            observer,
            services,
            edge_proxies,
            stress: StressProcesses::default(),
            has_watchdog,
            settled_autoscalers: options.settled_autoscalers.clone(),
            image: options.image.clone(),
            faults: options.faults.clone(),
            pod_routes: tokio::sync::Mutex::default(),
            _watches: watches,
        };
        Ok((run, observed))
    }
}

fn lease(options: &ClusterRunOptions) -> Result<RunLease, KubeError> {
    Ok(RunLease { run: options.run.clone(), expires: expiry(options.max_duration)? })
}

/// Returns whether there is a watchdog.
async fn create_watchdog(
    changer: &Changer,
    services: &ClusterServices,
    options: &ClusterRunOptions,
) -> Result<bool, KubeError> {
    let Watchdog::Job(named) = &options.watchdog else {
        return Ok(false);
    };
    if changer.is_dry_run() {
        return Ok(false);
    }
    let image = services.image(named.as_deref()).ok_or_else(|| KubeError::NoImage {
        needed_for: "nothing in the cluster could restore things if this process were killed"
            .to_owned(),
        or_else: ", or accept that by --no-watchdog",
    })?;
    let rollouts = services.has_kind(ObjectKind::Rollout);
    let others = services.namespaces().split_off(1);
    let scope = WatchdogScope {
        nodes: options.changes_nodes,
        others,
        rollouts,
        removed: options.removes_workloads(),
    };
    watchdog::create(changer, image, &scope).await?;
    Ok(true)
}
