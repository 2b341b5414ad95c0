//! What scenarios and systems would meet on the cluster, found without touching anything.

use anyhow::Result;
use brunt_kubernetes::{
    ChangeMode, ClusterRunOptions, KubeError, Preview, Watchdog, load_live_spec, preview,
};
use brunt_scenarios::plan::{Plan, System};

use crate::cli::{LoadSource, PlatformArgs};
use crate::commands::platform;
use crate::console::plainln;
use crate::files::{self, CheckedFile};
use crate::{run_folder, runtime};

/// All of these files, checked, with bounds by the probes that are deployed. A service that is not
/// to be found is no error yet: the preview names all of them.
pub(super) fn checked(paths: &[String], args: &PlatformArgs) -> Result<Vec<CheckedFile>> {
    let runtime = runtime::new()?;
    let helpers = platform::helper_config(args)?;
    files::checked(paths, &|system| {
        if let Some(helpers) = &helpers {
            system.helpers.clone_from(helpers);
        }
        let target = platform::cluster_target(system, args);
        match runtime.block_on(load_live_spec(system, &target)) {
            Ok(()) | Err(KubeError::UnclearTarget(_) | KubeError::Forbidden { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    })
}

/// Prints what a file would meet on the cluster. Returns whether a run could start and all of its
/// faults could happen.
pub(super) fn meets(file: &CheckedFile, args: &PlatformArgs) -> Result<bool> {
    let (system, options) = match file {
        CheckedFile::Scenario(planned) => (&planned.plan.system, options_of(&planned.plan, args)),
        CheckedFile::System(_, system) => (&**system, options_of_system(system, args)),
        CheckedFile::Load(..) => return Ok(true),
    };
    let is_inside = args.from == Some(LoadSource::Inside);
    let found = runtime::new()?.block_on(preview(system, &options, is_inside))?;
    show(&found);
    Ok(found.problems.is_empty())
}

/// Also with what the proofs would do.
fn options_of(plan: &Plan, args: &PlatformArgs) -> ClusterRunOptions {
    let of = |plan: &Plan| {
        platform::cluster_options(plan, args, ChangeMode::DryRun, &run_folder::new_id())
    };
    let mut options = of(plan);
    for proof in &plan.proofs {
        let broken = of(&plan.broken_by(proof));
        let new = |edge: &(String, String)| !options.edges.contains(edge);
        let edges: Vec<_> = broken.edges.into_iter().filter(new).collect();
        options.edges.extend(edges);
        options.faults.extend(proof.planted.iter().cloned());
        options.changes_nodes |= broken.changes_nodes;
    }
    options
}

/// Nothing but its services.
fn options_of_system(system: &System, args: &PlatformArgs) -> ClusterRunOptions {
    ClusterRunOptions {
        target: platform::cluster_target(system, args),
        run: run_folder::new_id(),
        max_duration: std::time::Duration::ZERO,
        watchdog: Watchdog::None,
        mode: ChangeMode::DryRun,
        image: args.image.clone(),
        edges: vec![],
        drain_timeout: std::time::Duration::ZERO,
        settled_autoscalers: vec![],
        changes_nodes: false,
        faults: vec![],
    }
}

fn show(found: &Preview) {
    plainln!("  on the cluster, in the namespace {}:", found.namespace);
    let kinds = [("", &found.services), ("note: ", &found.notes), ("wrong: ", &found.problems)];
    for (kind, all) in kinds {
        for what in all {
            plainln!("    {kind}{what}");
        }
    }
    if found.problems.is_empty() {
        plainln!("    nothing is in the way, and nothing was touched");
    }
}
