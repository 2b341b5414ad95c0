//! `brunt revert` without a namespace: it looks for what runs have left wherever it may.

use anyhow::Result;
use brunt_kubernetes::{
    Cluster, ClusterTarget, LeftRun, Leftovers, RunSelector, find_leftovers, revert_left,
};

use super::outcome::{exit, show};
use crate::console::{errln, plainln};
use crate::exit::Exit;

/// Restores what these runs have left, in whichever namespace.
pub(super) async fn revert(target: &ClusterTarget, which: &RunSelector) -> Result<Exit> {
    let cluster = Cluster::connect_unchecked(target).await?;
    let found = find_leftovers(&cluster).await?;
    plainln!("looked through {}", found.looked_through);
    for what in &found.not_seen {
        errln!("brunt: this account may not see {what}");
    }
    let (theirs, others): (Vec<&LeftRun>, Vec<&LeftRun>) =
        found.runs.iter().partition(|left| left.is_one_of(which));
    let mut worst = Exit::Pass;
    for left in &theirs {
        let reverted = revert_left(&cluster, left, which).await;
        show(&reverted, Some(&left.namespace));
        if !reverted.failed.is_empty() {
            errln!("brunt: {}", command_for(left, "tries it again"));
        }
        worst = worst.worse(exit(&reverted));
    }
    for left in others {
        plainln!("{}", left_alone(left));
    }
    if theirs.is_empty() {
        plainln!("{}", nothing(which, &found));
    }
    Ok(worst)
}

/// Says of a run that was not asked for what is left of it, and how to end it.
fn left_alone(left: &LeftRun) -> String {
    let until = left.until.map_or(String::new(), |until| format!(" until {until}"));
    format!(
        "{}: run {} may be going on{until}, with {}; {}",
        left.namespace,
        left.run,
        left.objects.join(", "),
        command_for(left, "ends it now")
    )
}

fn command_for(left: &LeftRun, does: &str) -> String {
    let LeftRun { namespace, run, .. } = left;
    format!("`brunt revert --namespace {namespace} --run {run}` {does}")
}

fn nothing(which: &RunSelector, found: &Leftovers) -> String {
    let of = match which {
        RunSelector::Run(run) | RunSelector::ExpiredOf(run) => format!(" of run {run}"),
        RunSelector::Expired if !found.runs.is_empty() => " of runs that are over".to_owned(),
        RunSelector::Expired | RunSelector::All => String::new(),
    };
    format!("there is nothing to restore{of}")
}
