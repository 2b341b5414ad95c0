//! What faults share that are injected into the nodes under a system.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{NodeFault, NodePick};

use crate::effect::Effect;
use crate::error::{FaultError, TargetError};
use crate::limits::{Limits, nothing_to_hit};
use crate::pick::ReplicaPicker;
use crate::target::{FaultTarget, Node, NodeEffect, NodeTarget};

/// Nodes that a fault has taken from the system.
#[derive(Debug)]
pub(crate) struct FailedNodes {
    names: Vec<String>,
    /// Why replicas stayed on them.
    kept: Option<String>,
}

/// Picks at least one node.
pub(crate) async fn pick<T: FaultTarget>(
    target: &T,
    which: &NodePick,
    picker: &mut ReplicaPicker<'_>,
) -> Result<Vec<Node>, FaultError> {
    let candidates = platform(target, || which.to_string())?.nodes(which).await?;
    let nodes = draw(which, candidates, picker.rng);
    match nodes.is_empty() {
        true => Err(nothing_to_hit(&which.to_string())),
        false => Ok(nodes),
    }
}

/// Refuses to take away all replicas on the nodes if that is too much for any of the services.
pub(crate) async fn check_limits<T: FaultTarget>(
    target: &T,
    nodes: &[Node],
    limits: &Limits,
) -> Result<(), FaultError> {
    // By service and not by node: two nodes with a replica each take two away.
    for (service, numbers) in &replicas_by_service(nodes) {
        let census = target.census(service).await?;
        let on_nodes = census.replicas.iter().filter(|replica| numbers.contains(&replica.number));
        limits.check_replicas(service, &census, &on_nodes.copied().collect::<Vec<_>>())?;
    }
    Ok(())
}

pub(crate) async fn fail<T: FaultTarget>(
    target: &T,
    fault: NodeFault,
    nodes: Vec<Node>,
) -> Result<(Effect, FailedNodes), FaultError> {
    let replicas = replicas_by_service(&nodes);
    let names: Vec<String> = nodes.into_iter().map(|node| node.name).collect();
    let platform = platform(target, || names.join(", "))?;
    let NodeEffect { hits, kept } = platform.fail_nodes(&names, fault, &replicas).await?;
    let effect = Effect { hits, services: replicas.into_keys().collect() };
    Ok((effect, FailedNodes { names, kept }))
}

/// Fails when replicas stayed where they were until the fault's time was over.
pub(crate) fn must_be_in_force(failed: &FailedNodes) -> Result<(), FaultError> {
    match &failed.kept {
        Some(why) => Err(TargetError::Kept(why.clone()).into()),
        None => Ok(()),
    }
}

pub(crate) async fn recover<T: FaultTarget>(
    target: &T,
    FailedNodes { names, .. }: FailedNodes,
) -> Result<(), FaultError> {
    Ok(platform(target, || names.join(", "))?.restore_nodes(&names).await?)
}

fn platform<T: FaultTarget>(
    target: &T,
    what: impl Fn() -> String,
) -> Result<&impl NodeTarget, TargetError> {
    let missing = || TargetError::on_kubernetes(&format!("a fault of {}", what()));
    target.platform().ok_or_else(missing)
}

/// Draws among the candidates where not all are meant.
fn draw(which: &NodePick, nodes: Vec<Node>, rng: &mut fastrand::Rng) -> Vec<Node> {
    match which {
        NodePick::Named(_) | NodePick::Zone(_) => nodes,
        NodePick::Of { pick, .. } => {
            let number = pick.of(nodes.len());
            rng.choose_multiple(nodes, number)
        }
        NodePick::ZoneOf(_) => {
            let mut zones: Vec<_> = nodes.iter().filter_map(|node| node.zone.clone()).collect();
            // A platform lists nodes in any order, and the same seed must draw the same zone.
            zones.sort();
            zones.dedup();
            let zone = rng.choice(zones);
            nodes.into_iter().filter(|node| node.zone.is_some() && node.zone == zone).collect()
        }
    }
}

/// Service → the numbers of its replicas on any of the nodes.
fn replicas_by_service(nodes: &[Node]) -> BTreeMap<String, Vec<u32>> {
    let mut all: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (service, replica) in nodes.iter().flat_map(|node| &node.replicas) {
        all.entry(service.clone()).or_default().push(*replica);
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use brunt_scenarios::plan::Pick;

    use super::*;

    fn node(name: &str, zone: Option<&str>) -> Node {
        Node { name: name.to_owned(), zone: zone.map(str::to_owned), replicas: vec![] }
    }

    fn names_drawn(which: &NodePick, nodes: &[Node], seed: u64) -> Vec<String> {
        let drawn = draw(which, nodes.to_vec(), &mut fastrand::Rng::with_seed(seed));
        let mut names: Vec<String> = drawn.into_iter().map(|node| node.name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_zone_that_is_drawn_fails_as_a_whole() {
        let nodes =
            [node("a", Some("1")), node("b", Some("1")), node("c", Some("2")), node("d", None)];
        let which = NodePick::ZoneOf("shop".to_owned());
        let all: BTreeSet<Vec<String>> =
            (0..20).map(|seed| names_drawn(&which, &nodes, seed)).collect();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
        assert!(names_drawn(&which, &nodes[3..], 1).is_empty(), "a node without a zone is in none");
    }

    #[test]
    fn of_the_nodes_of_a_service_as_many_are_drawn_as_the_pick_says() {
        let nodes = ["a", "b", "c"].map(|name| node(name, None));
        let of = |pick| NodePick::Of { service: "shop".to_owned(), pick };
        assert_eq!(names_drawn(&of(Pick::One), &nodes, 1).len(), 1);
        assert_eq!(names_drawn(&of(Pick::All), &nodes, 1), ["a", "b", "c"]);
        assert_eq!(names_drawn(&NodePick::Named("b".to_owned()), &nodes[1..2], 1), ["b"]);
    }
}
