//! `brunt revert`: restores a cluster after a run that could not.

use std::time::Duration;

use anyhow::Result;
use brunt_kubernetes::{Cluster, RunSelector, revert as restore};

use crate::cli::RevertArgs;
use crate::console::{errln, outln};
use crate::exit::Exit;
use crate::runtime;

/// Restores what runs have changed on a cluster, and prints each change that it restored.
pub fn revert(options: &RevertArgs) -> Result<Exit> {
    let which = match &options.run {
        Some(run) => RunSelector::Run(run.clone()),
        None if options.all => RunSelector::All,
        None => RunSelector::Expired,
    };
    let target = options.cluster.target();
    let reverted = runtime::new()?.block_on(async {
        if let Some(then) = options.after {
            let left = then.duration_since(jiff::Timestamp::now());
            tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
        }
        let cluster = Cluster::connect(&target).await?;
        anyhow::Ok(restore(&cluster, &which).await)
    })?;
    for what in &reverted.done {
        outln!("{what}");
    }
    for what in reverted.drift.iter().chain(&reverted.failed) {
        errln!("brunt: {what}");
    }
    if reverted.is_clean() && reverted.done.is_empty() {
        outln!("there is nothing to restore");
    }
    Ok(if reverted.is_clean() { Exit::Pass } else { Exit::LeftBehind })
}
