//! What only a platform can do to a service, and to the nodes under it.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{NodeFault, NodePick, PlatformFault};

use crate::limits::{Draw, nothing, numbers};
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
    draw: &mut Draw<'_>,
) -> Result<Applied, FaultError> {
    let census = target.census(service).await?;
    let chosen = match fault.pick() {
        Some(pick) => {
            let among = draw.among(target, service, &census).await?;
            draw.picked(&among, pick)
        }
        None => census.replicas.clone(),
    };
    if chosen.is_empty() && (fault.pick().is_some() || fault.rolls_out() || fault.takes_away()) {
        return Err(nothing(service));
    }
    if fault.takes_away() {
        draw.limits.check_these(service, &census, &chosen)?;
    }
    if fault.rolls_out() {
        draw.limits.check(service, &census, rollout::takes(&census))?;
    }
    let hits = target.inflict(service, fault, &numbers(&chosen)).await?;
    let undo = match fault.is_instant() {
        true => crate::Undo::Nothing,
        false => crate::Undo::Platform(Undo::Service {
            service: service.to_owned(),
            fault: fault.clone(),
        }),
    };
    Ok(Applied::to_processes(service, hits, undo))
}

pub(crate) async fn apply_to_nodes<T: Target>(
    target: &T,
    which: &NodePick,
    fault: NodeFault,
    draw: &mut Draw<'_>,
) -> Result<Applied, FaultError> {
    let nodes = drawn(which, target.nodes(which).await?, draw.rng);
    if nodes.is_empty() {
        return Err(nothing(&which.to_string()));
    }
    let there = together(&nodes);
    if fault != NodeFault::Cordon {
        for (service, replicas) in &there {
            let census = target.census(service).await?;
            let these: Vec<_> = census
                .replicas
                .iter()
                .filter(|one| replicas.contains(&one.number))
                .copied()
                .collect();
            draw.limits.check_these(service, &census, &these)?;
        }
    }
    let names: Vec<String> = nodes.into_iter().map(|node| node.name).collect();
    let hits = target.take_nodes(&names, fault, &there).await?;
    let effect = Effect { hits, services: there.into_keys().collect() };
    Ok(Applied { effect, undo: crate::Undo::Platform(Undo::Nodes(names)) })
}

/// Those that are meant, of all that come into question.
fn drawn(which: &NodePick, nodes: Vec<Node>, rng: &mut fastrand::Rng) -> Vec<Node> {
    match which {
        NodePick::Named(_) | NodePick::Zone(_) => nodes,
        NodePick::Of { pick, .. } => {
            let number = pick.of(nodes.len());
            rng.choose_multiple(nodes, number)
        }
        NodePick::ZoneOf(_) => {
            let mut zones: Vec<_> = nodes.iter().filter_map(|node| node.zone.clone()).collect();
            zones.sort();
            zones.dedup();
            let zone = rng.choice(zones);
            nodes.into_iter().filter(|node| node.zone.is_some() && node.zone == zone).collect()
        }
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use brunt_scenarios::plan::Pick;

    use super::*;

    fn node(name: &str, zone: Option<&str>) -> Node {
        Node { name: name.to_owned(), zone: zone.map(str::to_owned), replicas: vec![] }
    }

    fn drawn_from(which: &NodePick, nodes: &[Node], seed: u64) -> Vec<String> {
        let drawn = drawn(which, nodes.to_vec(), &mut fastrand::Rng::with_seed(seed));
        let mut names: Vec<String> = drawn.into_iter().map(|node| node.name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_zone_is_drawn_as_a_whole() {
        let nodes =
            [node("a", Some("1")), node("b", Some("1")), node("c", Some("2")), node("d", None)];
        let which = NodePick::ZoneOf("shop".to_owned());
        let all: BTreeSet<Vec<String>> =
            (0..20).map(|seed| drawn_from(&which, &nodes, seed)).collect();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [vec!["a", "b"], vec!["c"]]);
        assert!(drawn_from(&which, &nodes[3..], 1).is_empty(), "a node without a zone is in none");
    }

    #[test]
    fn of_a_services_nodes_so_many_are_drawn_as_are_picked() {
        let nodes = ["a", "b", "c"].map(|name| node(name, None));
        let of = |pick| NodePick::Of { service: "shop".to_owned(), pick };
        assert_eq!(drawn_from(&of(Pick::One), &nodes, 1).len(), 1);
        assert_eq!(drawn_from(&of(Pick::All), &nodes, 1), ["a", "b", "c"]);
        assert_eq!(drawn_from(&NodePick::Named("b".to_owned()), &nodes[1..2], 1), ["b"]);
    }
}
