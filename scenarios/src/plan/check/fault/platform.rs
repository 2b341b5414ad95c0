//! Whether faults of the platform aim at something that exists.

use super::super::checker::{Checker, MOST_REPLICAS, MOST_UTILIZATION};
use super::Length;
use super::kind::Kind;
use crate::plan::{FaultKind, NodeFault, NodePick, PlatformFault, System};
use crate::scenario::{self, OneOrMany, Pick};
use crate::source::Located;

/// More busy threads than a node has processors.
const MOST_THREADS: u32 = 1024;

/// More memory, in MiB, than a node has.
const MOST_MEMORY: u32 = 1 << 20;

impl Checker<'_> {
    pub(super) fn platform_kinds(
        &mut self,
        written: &scenario::FaultSpec,
        system: &System,
    ) -> Vec<Kind> {
        let evict = written.evict.as_ref().and_then(|one| one.pick.as_ref());
        let killed = written.kill_container.as_ref().and_then(|one| one.pick.as_ref());
        let stressed = written.stress.as_ref().and_then(|one| one.pick.as_ref());
        for pick in [evict, killed, stressed] {
            self.pick(pick);
        }
        let services = platform_faults(written);
        let services: Vec<Kind> = services
            .into_iter()
            .map(|(service, fault)| self.platform(&service, fault, system))
            .collect();
        let nodes = [
            (written.cordon.as_ref(), NodeFault::Cordon),
            (written.drain.as_ref(), NodeFault::Drain),
            (written.outage.as_ref(), NodeFault::Outage),
        ];
        let nodes = nodes.into_iter().filter_map(|(nodes, fault)| Some((nodes?, fault)));
        let nodes: Vec<Kind> =
            nodes.map(|(nodes, fault)| self.nodes(written, nodes, fault, system)).collect();
        services.into_iter().chain(nodes).collect()
    }

    fn platform(
        &mut self,
        service: &Located<String>,
        fault: PlatformFault,
        system: &System,
    ) -> Kind {
        let objection = match &fault {
            PlatformFault::SetEnv { env, .. } if env.is_empty() => Some("no variable is given"),
            PlatformFault::SetConfig { data, .. } if data.is_empty() => Some("no entry is given"),
            PlatformFault::Autoscale { min: None, max: None, target: None } => {
                Some("give one of min, max, target")
            }
            PlatformFault::Autoscale { min, max, target } => limits_of(*min, *max, *target),
            PlatformFault::Stress { cpu: 0, memory: 0, .. } => Some("give cpu, memory, or both"),
            PlatformFault::Stress { cpu, .. } if *cpu > MOST_THREADS => {
                Some("give at most 1024 busy threads as cpu")
            }
            PlatformFault::Stress { memory, .. } if *memory > MOST_MEMORY => {
                Some("give at most 1048576 MiB of memory")
            }
            _ => None,
        };
        if let Some(objection) = objection {
            self.wrong(service.span, objection);
        }
        let length = if fault.is_instant() { Length::None } else { Length::Needed };
        let kind = FaultKind::Platform { service: service.value.clone(), fault };
        self.breakable(service, system).then_some((kind, length))
    }

    fn nodes(
        &mut self,
        written: &scenario::FaultSpec,
        nodes: &scenario::NodesSpec,
        fault: NodeFault,
        system: &System,
    ) -> Kind {
        let pick = self.pick(nodes.pick.as_ref());
        let which = match (&nodes.node, &nodes.zone, &nodes.of, &nodes.zone_of) {
            (Some(node), None, None, None) => NodePick::Named(node.clone()),
            (None, Some(zone), None, None) => NodePick::Zone(zone.clone()),
            (None, None, Some(service), None) => {
                NodePick::Of { service: service.value.clone(), pick: pick.unwrap_or_default() }
            }
            (None, None, None, Some(service)) => NodePick::ZoneOf(service.value.clone()),
            _ => {
                self.wrong(written.at.span, "give exactly one of node, zone, of, zoneOf");
                return None;
            }
        };
        if nodes.of.is_none()
            && let Some(pick) = &nodes.pick
        {
            self.wrong(
                pick.span,
                "`pick` chooses among the nodes `of` a service; there is none here",
            );
        }
        let service = nodes.of.as_ref().or(nodes.zone_of.as_ref());
        if service.is_some_and(|service| !self.breakable(service, system)) {
            return None;
        }
        Some((FaultKind::Nodes { which, fault }, Length::Needed))
    }
}

/// What is wrong with the limits that an autoscaler gets.
fn limits_of(min: Option<u32>, max: Option<u32>, target: Option<u32>) -> Option<&'static str> {
    let both = min.zip(max);
    match () {
        () if [min, max, target].contains(&Some(0)) => Some("min, max and target are at least 1"),
        () if min.max(max) > Some(MOST_REPLICAS) => Some("min and max are at most 1000"),
        () if target > Some(MOST_UTILIZATION) => Some("target is at most 10000"),
        () if both.is_some_and(|(min, max)| min > max) => Some("min is larger than max"),
        () => None,
    }
}

fn picked(written: &Option<Located<Pick>>) -> Pick {
    written.as_ref().map(|pick| pick.value).unwrap_or_default()
}

fn set_env(written: &scenario::SetEnvSpec) -> PlatformFault {
    let containers = written.containers.iter().flat_map(|OneOrMany(names)| names);
    PlatformFault::SetEnv {
        env: written.env.clone(),
        containers: containers.map(|name| name.value.clone()).collect(),
    }
}

fn platform_faults(written: &scenario::FaultSpec) -> Vec<(Located<String>, PlatformFault)> {
    let each = [
        written.evict.as_ref().map(|one| (&one.service, PlatformFault::Evict(picked(&one.pick)))),
        written
            .kill_container
            .as_ref()
            .map(|one| (&one.service, PlatformFault::KillContainer(picked(&one.pick)))),
        written.remove.as_ref().map(|one| (&one.service, PlatformFault::Remove)),
        written.roll_back.as_ref().map(|one| (&one.service, PlatformFault::RollBack)),
        written.set_env.as_ref().map(|one| (&one.service, set_env(one))),
        written.set_config.as_ref().map(|one| {
            let fault =
                PlatformFault::SetConfig { name: one.config_map.clone(), data: one.data.clone() };
            (&one.service, fault)
        }),
        written.autoscale.as_ref().map(|one| {
            let fault = PlatformFault::Autoscale { min: one.min, max: one.max, target: one.target };
            (&one.service, fault)
        }),
        written.tamper_probe.as_ref().map(|one| {
            (&one.service, PlatformFault::Probe { which: one.probe, path: one.path.clone() })
        }),
        written.stress.as_ref().map(|one| {
            (
                &one.service,
                PlatformFault::Stress { pick: picked(&one.pick), cpu: one.cpu, memory: one.memory },
            )
        }),
    ];
    each.into_iter().flatten().map(|(service, fault)| (service.clone(), fault)).collect()
}
