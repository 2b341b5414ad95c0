//! From the options for the platform to plans, and to what a run needs to know of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use brunt_kubernetes::{ChangeMode, ClusterRunOptions, ClusterTarget, Watchdog};
use brunt_local::Ports;
use brunt_scenarios::Source;
use brunt_scenarios::plan::{Check, Fault, FaultKind, Plan, System};
use brunt_scenarios::system::HelperPods;

use crate::cli::{LoadSource, PlatformArgs, PlatformKind};
use crate::exit::Diagnostics;
use crate::files::{self, Planned};
use crate::runner::{LoadOrigin, LoadPlacement};
use crate::target::{LocalDirs, Platform};
use crate::{runtime, secrets};

// How long a client may keep using a connection that it opened before the edge proxy took the
// service's place: a little longer than most clients keep a connection that is idle.
const IDLE_TIMEOUT: Duration = Duration::from_secs(95);

/// The plans of these scenarios. On a cluster, bounds are computed from the probes that the
/// deployed workloads have.
pub fn plans(paths: &[String], args: &PlatformArgs) -> Result<Vec<Planned>> {
    if args.on == PlatformKind::Local {
        if args.from == Some(LoadSource::Inside) {
            bail!(
                "--from inside needs --on kubernetes: on this machine, the load always comes from \
                 here"
            );
        }
        if args.helper_config.is_some() {
            bail!("--helper-config needs --on kubernetes: on this machine, brunt adds no pods");
        }
        let mut plans = files::plans(paths)?;
        plans.iter().try_for_each(must_run_locally)?;
        plans.iter_mut().try_for_each(|plan| secrets::read(plan, None))?;
        return Ok(plans);
    }
    let runtime = runtime::new()?;
    let helpers = helper_config(args)?;
    let mut plans = files::plans_for(paths, &|system| {
        if let Some(helpers) = &helpers {
            system.helpers.clone_from(helpers);
        }
        let target = cluster_target(system, args);
        Ok(runtime.block_on(brunt_kubernetes::load_live_spec(system, &target))?)
    })?;
    for planned in &mut plans {
        let target = cluster_target(&planned.plan.system, args);
        secrets::read(planned, Some(target))?;
    }
    Ok(plans)
}

/// What brunt's own pods get on the cluster, if a file says it.
pub fn helper_config(args: &PlatformArgs) -> Result<Option<HelperPods>> {
    let Some(path) = &args.helper_config else { return Ok(None) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let helpers = Source::new(name, text).parse().map_err(Diagnostics::from)?;
    Ok(Some(helpers))
}

// Refuses what only a cluster has, before anything is started.
fn must_run_locally(planned: &Planned) -> Result<()> {
    match planned.plan.needs_a_cluster() {
        Some(what) => {
            bail!("{}: {what} needs a cluster: add --on kubernetes", planned.source.name)
        }
        None => Ok(()),
    }
}

/// The platform of one run, with the run's folder for local data and logs.
pub fn of_run(plan: &Plan, base: &Path, folder: &Path, args: &PlatformArgs, run: &str) -> Platform {
    match args.on {
        PlatformKind::Local => Platform::Local(LocalDirs {
            base: base.to_owned(),
            data: folder.join("data"),
            fresh: false,
            logs: folder.join("logs"),
            ports: Ports::Free,
        }),
        PlatformKind::Kubernetes => {
            Platform::Kubernetes(cluster_options(plan, args, ChangeMode::Apply, run))
        }
    }
}

/// How a run connects to the cluster, and what it may change there.
pub fn cluster_options(
    plan: &Plan,
    args: &PlatformArgs,
    mode: ChangeMode,
    run: &str,
) -> ClusterRunOptions {
    let changes_nodes = |fault: &Fault| matches!(fault.kind, FaultKind::Nodes { .. });
    ClusterRunOptions {
        target: cluster_target(&plan.system, args),
        run: run.to_owned(),
        max_duration: plan.max_duration,
        watchdog: if args.no_watchdog { Watchdog::None } else { Watchdog::Job(args.image.clone()) },
        mode,
        image: args.image.clone(),
        edges: edges_in_use(plan),
        drain_timeout: IDLE_TIMEOUT,
        settled_autoscalers: plan.checks.iter().filter_map(autoscaled_service).collect(),
        changes_nodes: plan.faults.iter().any(changes_nodes),
        faults: plan.faults.clone(),
    }
}

// The edges that the plan breaks or counts, as caller and callee: only these get a proxy, as each
// one changes where a Service leads.
fn edges_in_use(plan: &Plan) -> Vec<(String, String)> {
    let broken = plan.faults.iter().filter_map(|fault| match &fault.kind {
        FaultKind::Edge { from, to, .. } => Some((from.as_str(), to.as_str())),
        _ => None,
    });
    let counted = plan.checks.iter().filter_map(|check| check.claim.needs().edge);
    let all: BTreeSet<_> =
        broken.chain(counted).map(|(from, to)| (from.to_owned(), to.to_owned())).collect();
    all.into_iter().collect()
}

fn autoscaled_service(check: &Check) -> Option<String> {
    check.claim.needs().autoscaler.map(str::to_owned)
}

/// Where the load of a run comes from.
pub fn load_workers(args: &PlatformArgs) -> LoadPlacement {
    let origin = args.from.map(|from| match from {
        LoadSource::Here => LoadOrigin::ThisProcess,
        LoadSource::Inside => LoadOrigin::Cluster,
    });
    LoadPlacement { origin, count: args.workers, image: args.image.clone() }
}

/// Which cluster, and which namespace: the one of the system file if none is given, or
/// the system's name.
pub fn cluster_target(system: &System, args: &PlatformArgs) -> ClusterTarget {
    let target = args.cluster.target();
    let of_system = || system.namespace.as_ref().unwrap_or(&system.name).clone();
    ClusterTarget { namespace: Some(target.namespace.unwrap_or_else(of_system)), ..target }
}
