//! Whether there can be as many replicas as a fault picks, or makes.

use super::super::checker::{Checker, MOST_REPLICAS};
use crate::plan::{Program, Service, StrategyKind};
use crate::scenario::{FaultSpec, Pick, Scenario};
use crate::source::Located;

/// The most replicas that a service has while a scenario lasts, by its system file, its autoscaler,
/// and the faults of the scenario and of its proofs; `None` when only a cluster knows.
pub(super) fn most_replicas(written: &Scenario, name: &str, service: &Service) -> Option<u32> {
    let Program::Command { .. } = service.program else { return None };
    let planted = written.proof.iter().flat_map(|proof| &proof.planted);
    let faults: Vec<&FaultSpec> = written.faults.iter().chain(planted).collect();
    let by_faults = faults.iter().flat_map(|fault| {
        let scaled = fault.scale.as_ref().map(|one| (&one.service, one.replicas.value));
        let autoscaled = fault.autoscale.as_ref().and_then(|one| Some((&one.service, one.max?)));
        scaled.into_iter().chain(autoscaled)
    });
    let by_faults = by_faults.filter(|(scaled, _)| scaled.value == name);
    let autoscaled = service.autoscaler.map_or(0, |autoscaler| autoscaler.max_replicas);
    let most = by_faults.map(|(_, replicas)| replicas).chain([service.replicas, autoscaled]).max();
    let is_rolled_out = |fault: &&FaultSpec| {
        fault.rollout.as_ref().is_some_and(|rollout| rollout.service.value == name)
    };
    let has_surge = service.rollout.kind == StrategyKind::RollingUpdate;
    let surge = match has_surge && faults.iter().any(is_rolled_out) {
        true => service.rollout.max_surge,
        false => 0,
    };
    most.map(|most| most.saturating_add(surge))
}

impl Checker<'_> {
    /// What is picked of services with these names.
    pub(super) fn pick_of(
        &mut self,
        written: Option<&Located<Pick>>,
        services: &[Located<String>],
    ) -> Option<Pick> {
        let pick = self.pick(written)?;
        let span = written?.span;
        let Pick::Number(wanted) = pick else { return Some(pick) };
        for name in services {
            let there =
                self.most_replicas.get(&name.value).copied().filter(|there| *there < wanted);
            let Some(there) = there else { continue };
            let replicas = if there == 1 { "replica" } else { "replicas" };
            let what =
                format!("`{name}` has {there} {replicas}, of which {wanted} are never there");
            self.wrong(span, what).help =
                Some(format!("write `pick: all`, or a number up to {there}"));
        }
        Some(pick)
    }

    /// What is picked of something whose number is not known.
    pub(super) fn pick(&mut self, written: Option<&Located<Pick>>) -> Option<Pick> {
        let written = written?;
        if let Pick::Number(number) = written.value
            && number > MOST_REPLICAS
        {
            self.wrong(written.span, format!("{number} replicas are more than any service has"))
                .help = Some(format!("write `pick: all`, or a number up to {MOST_REPLICAS}"));
        }
        Some(written.value)
    }
}
