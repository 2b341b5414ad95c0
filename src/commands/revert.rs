//! `brunt revert`: restores a cluster after a run that could not.

mod everywhere;
mod outcome;

use std::time::Duration;

use anyhow::Result;
use brunt_kubernetes::{
    Cluster, ClusterTarget, KubeError, RunSelector, revert as restore, revert_in,
};

use crate::cli::RevertArgs;
use crate::console::plainln;
use crate::exit::Exit;
use crate::runtime;
use outcome::{exit, show};

/// How often is looked for faults that should have ended, before all of a run is reverted.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Waits until a time, and until then restores what is left of faults of the run that should have
/// ended by now. What cannot be restored yet is tried again.
async fn wait(
    then: jiff::Timestamp,
    run: Option<&str>,
    target: &ClusterTarget,
    namespaces: &[String],
) {
    let mut connected = None;
    loop {
        let left = then.duration_since(jiff::Timestamp::now());
        let left = Duration::try_from(left).unwrap_or_default();
        tokio::time::sleep(left.min(LOOK_AGAIN)).await;
        if left <= LOOK_AGAIN {
            return;
        }
        let Some(run) = run else { continue };
        if connected.is_none() {
            connected = Cluster::connect_unchecked(target).await.ok();
        }
        if let Some(cluster) = &connected {
            let which = RunSelector::ExpiredOf(run.to_owned());
            let own = std::slice::from_ref(&cluster.namespace);
            let namespaces = if namespaces.is_empty() { own } else { namespaces };
            for (_, reverted) in revert_in(cluster, namespaces, &which).await {
                reverted.done.iter().for_each(|what| plainln!("{what}"));
            }
        }
    }
}

/// Restores what runs have changed on a cluster, and prints each change that it restored.
pub fn revert(options: &RevertArgs) -> Result<Exit> {
    let which = match &options.run {
        Some(run) => RunSelector::Run(run.clone()),
        None if options.all => RunSelector::All,
        None => RunSelector::Expired,
    };
    let of = |namespace: Option<&String>| ClusterTarget {
        context: options.context.clone(),
        namespace: namespace.cloned(),
        ..ClusterTarget::default()
    };
    let namespaces = &options.namespace;
    runtime::new()?.block_on(async {
        if let Some(then) = options.after {
            wait(then, options.run.as_deref(), &of(namespaces.last()), namespaces).await;
        }
        match namespaces.as_slice() {
            [] => everywhere::revert(&of(None), &which).await,
            [one] => in_namespace(&of(Some(one)), which).await,
            several => in_each(&of(several.last()), several, &which).await,
        }
    })
}

/// Looks into several namespaces, as long as all is restored, and at nodes and cluster roles that
/// belong to runs in them.
async fn in_each(
    target: &ClusterTarget,
    namespaces: &[String],
    which: &RunSelector,
) -> Result<Exit> {
    let cluster = Cluster::connect_unchecked(target).await?;
    let mut worst = Exit::Pass;
    for (namespace, reverted) in revert_in(&cluster, namespaces, which).await {
        show(&reverted, Some(&namespace));
        worst = worst.worse(exit(&reverted));
    }
    Ok(worst)
}

/// Looks into one namespace, and at nodes and cluster roles that belong to runs in it.
async fn in_namespace(target: &ClusterTarget, which: RunSelector) -> Result<Exit> {
    let (cluster, which) = match Cluster::connect(target).await {
        // Nodes and cluster roles outlive it, and no run goes on without its namespace.
        Err(KubeError::NoNamespace(name)) => {
            plainln!(
                "there is no namespace {name}; its runs may have left nodes and cluster roles"
            );
            let which = if which == RunSelector::Expired { RunSelector::All } else { which };
            (Cluster::connect_unchecked(target).await?, which)
        }
        connected => (connected?, which),
    };
    let reverted = restore(&cluster, &which).await;
    show(&reverted, None);
    if reverted.is_clean() && reverted.done.is_empty() {
        plainln!("there is nothing to restore");
    }
    Ok(exit(&reverted))
}
