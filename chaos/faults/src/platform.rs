//! What only a platform can do to a service, and to the nodes under it.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{NodeFault, NodePick, PlatformFault};

use crate::limits::{Limits, nothing, numbers, picked};
use crate::rollout;
use crate::target::{Node, Target};
use crate::{Applied, Effect, FaultError};

#[derive(Debug)]
pub(crate) enum Undo {
    Service { service: String, fault: PlatformFault },
    Nodes(Vec<String>),
}

pub(crate) async fn apply<T: Target>(
    target: &T,
    service: &str,
    fault: &PlatformFault,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    let chosen = match fault.pick() {
        Some(pick) => picked(&census, pick, rng),
        None => census.replicas.clone(),
    };
    if chosen.is_empty() && (fault.pick().is_some() || fault.rolls_out()) {
        return Err(nothing(service));
    }
    if fault.takes_away() {
        limits.check_these(service, &census, &chosen)?;
    }
    if fault.rolls_out() {
        limits.check(service, &census, rollout::takes(&census))?;
    }
    let hits = target.inflict(service, fault, &numbers(&chosen)).await?;
    let undo = match fault.is_instant() {
        true => crate::Undo::Nothing,
        false => crate::Undo::Platform(Undo::Service { service: service.to_owned(), fault: fault.clone() }),
    };
    Ok(Applied::to_processes(service, hits, undo))
}

pub(crate) async fn apply_to_nodes<T: Target>(
    target: &T,
    which: &NodePick,
    fault: NodeFault,
    limits: &Limits,
    rng: &mut fastrand::Rng,
) -> Result<Applied, FaultError> {
    let mut nodes = target.nodes(which).await?;
    if matches!(which, NodePick::Of(_)) && nodes.len() > 1 {
        nodes = vec![nodes.swap_remove(rng.usize(..nodes.len()))];
    }
    if nodes.is_empty() {
        return Err(nothing(&which.to_string()));
    }
    let there = together(&nodes);
    if fault != NodeFault::Cordon {
        for (service, replicas) in &there {
            let census = target.census(service).await?;
            let these: Vec<_> =
                census.replicas.iter().filter(|one| replicas.contains(&one.number)).copied().collect();
            limits.check_these(service, &census, &these)?;
        }
    }
    let names: Vec<String> = nodes.into_iter().map(|node| node.name).collect();
    let hits = target.take_nodes(&names, fault, &there).await?;
    let effect = Effect { hits, services: there.into_keys().collect() };
    Ok(Applied { effect, undo: crate::Undo::Platform(Undo::Nodes(names)) })
}

/// Service → its replicas on any of the nodes.
fn together(nodes: &[Node]) -> BTreeMap<String, Vec<u32>> {
    let mut all: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (service, replica) in nodes.iter().flat_map(|node| &node.replicas) {
        all.entry(service.clone()).or_default().push(*replica);
    }
    all
}

pub(crate) async fn recover<T: Target>(target: &T, undo: Undo) -> Result<(), FaultError> {
    match undo {
        Undo::Service { service, fault } => target.lift(&service, &fault).await?,
        Undo::Nodes(names) => target.give_back(&names).await?,
    }
    Ok(())
}
