//! Where the systems of scenarios run.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use brunt_kubernetes::{ChangeMode, ClusterRunOptions, ClusterTarget, Watchdog};
use brunt_local::Ports;
use brunt_scenarios::guard;
use brunt_scenarios::plan::{Check, Claim, FaultKind, Plan};

use crate::cli::{LoadFrom, OnWhat, Platform};
use crate::files::{self, Planned};
use crate::target::{On, Place};

/// A little longer than most clients keep a connection that they do not use.
const IDLES_OUT: Duration = Duration::from_secs(95);

/// The plans that paths mean. On a cluster, bounds are computed from what runs there.
pub fn plans(paths: &[String], what: &OnWhat) -> Result<Vec<Planned>> {
    if what.on == Platform::Local {
        if what.from == Some(LoadFrom::Inside) {
            bail!("--from inside needs --on kubernetes: on this machine, the load comes from here");
        }
        let plans = files::plans(paths)?;
        plans.iter().try_for_each(must_suit_processes)?;
        return Ok(plans);
    }
    let runtime = super::runtime()?;
    files::plans_for(paths, &|system| {
        let place = place(&system.name, what);
        Ok(runtime.block_on(brunt_kubernetes::load_live_spec(system, &place))?)
    })
}

/// What is only there on a cluster is better said before anything is started.
fn must_suit_processes(planned: &Planned) -> Result<()> {
    let plan = &planned.plan;
    let (name, planted) =
        (&planned.source.name, plan.proofs.iter().flat_map(|proof| &proof.planted));
    if let Some(fault) = plan.faults.iter().chain(planted).find(|fault| fault.needs_a_cluster()) {
        bail!("{name}: the fault `{}` exists on a cluster alone: give --on kubernetes", fault.kind);
    }
    let guards = plan.proofs.iter().flat_map(|proof| proof.without.keys());
    let of_nodes = |guard: &&String| [guard::SPREAD, guard::BUDGET].contains(&guard.as_str());
    if let Some(guard) = guards.into_iter().find(of_nodes) {
        bail!("{name}: the guard `{guard}` exists on a cluster alone: give --on kubernetes");
    }
    Ok(())
}

/// Where a plan's system is during a run whose folder this is.
pub fn on(plan: &Plan, base: &Path, folder: &Path, what: &OnWhat, run: &str) -> On {
    match what.on {
        Platform::Local => On::Local(Place {
            base: base.to_owned(),
            data: folder.join("data"),
            logs: folder.join("logs"),
            ports: Ports::Free,
        }),
        Platform::Kubernetes => On::Kubernetes(options(plan, what, ChangeMode::Apply, run)),
    }
}

/// How a run on a cluster is made.
pub fn options(plan: &Plan, what: &OnWhat, mode: ChangeMode, run: &str) -> ClusterRunOptions {
    ClusterRunOptions {
        target: place(&plan.system.name, what),
        run: run.to_owned(),
        max_duration: plan.max_duration,
        watchdog: if what.no_dead_man { Watchdog::None } else { Watchdog::Job(what.image.clone()) },
        mode,
        image: what.image.clone(),
        edges: edges(plan),
        drain_timeout: IDLES_OUT,
        settled_autoscalers: plan.checks.iter().filter_map(scaled).collect(),
        changes_nodes: plan
            .faults
            .iter()
            .any(|fault| matches!(fault.kind, FaultKind::Nodes { .. })),
    }
}

/// The calls that the plan breaks or counts: caller and callee.
fn edges(plan: &Plan) -> Vec<(String, String)> {
    let broken = plan.faults.iter().filter_map(|fault| match &fault.kind {
        FaultKind::Edge { from, to, .. } => Some((from, to)),
        _ => None,
    });
    let counted = plan.checks.iter().filter_map(|check| match &check.claim {
        Claim::Breaker { caller, callee, .. } => Some((caller, callee)),
        Claim::Amplification { from, to, .. } => Some((from, to)),
        _ => None,
    });
    let all: BTreeSet<_> =
        broken.chain(counted).map(|(from, to)| (from.clone(), to.clone())).collect();
    all.into_iter().collect()
}

/// The service whose autoscaler a check is about.
fn scaled(check: &Check) -> Option<String> {
    match &check.claim {
        Claim::Hpa { service, .. } => Some(service.clone()),
        _ => None,
    }
}

/// Which cluster, and where in it: the namespace is called like the system unless another is named.
pub fn place(system: &str, what: &OnWhat) -> ClusterTarget {
    let place = what.cluster.place();
    ClusterTarget { namespace: Some(place.namespace.unwrap_or_else(|| system.to_owned())), ..place }
}
