//! The faults that hit a service, and what they were.

use std::time::Duration;

use brunt_scenarios::plan::{Fault, FaultKind, NodeFault, Plan};
use brunt_scenarios::timeline::{FaultRecord, Timeline};

/// One application of a fault to a service, with what the plan says of it.
pub struct Hit<'a> {
    pub record: &'a FaultRecord,
    /// The planned fault; `None` if none is called like the record.
    pub planned: Option<&'a Fault>,
}

/// The faults that had an effect and hit a service, by time.
pub fn on<'a>(plan: &'a Plan, timeline: &'a Timeline, service: &str) -> Vec<Hit<'a>> {
    let records = timeline.faults.iter();
    let mut hits: Vec<Hit<'a>> = records
        .filter(|record| record.effect > 0 && record.services.iter().any(|name| name == service))
        .map(|record| Hit { record, planned: planned(plan, record) })
        .collect();
    hits.sort_by(|one, other| one.record.start.0.total_cmp(&other.record.start.0));
    hits
}

/// The planned fault of a record. Two may be called the same, such as one that lasts and one that
/// stays: it is the one that was to begin nearest to when it did.
pub fn planned<'a>(plan: &'a Plan, record: &FaultRecord) -> Option<&'a Fault> {
    let began = record.asked.map_or(record.start.0, |asked| asked.start.0);
    let distance = |fault: &&Fault| {
        let of = |at: &Duration| (at.as_secs_f64() - began).abs();
        fault.at.iter().map(of).fold(f64::INFINITY, f64::min)
    };
    let same = plan.faults.iter().filter(|fault| fault.kind.to_string() == record.name);
    same.min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

impl Hit<'_> {
    pub fn kind(&self) -> Option<&FaultKind> {
        self.planned.map(|fault| &fault.kind)
    }

    pub fn is_rollout(&self) -> bool {
        matches!(self.kind(), Some(FaultKind::Rollout { .. }))
    }

    /// From when on the service can recover: the fault's end; a rollout's start, and that of the
    /// loss of nodes, as others take over.
    pub fn over(&self) -> f64 {
        match self.is_rollout() || self.loses_nodes() {
            true => self.record.start.0,
            false => self.record.end.0,
        }
    }

    fn loses_nodes(&self) -> bool {
        matches!(self.kind(), Some(FaultKind::Nodes { fault: NodeFault::Outage, .. }))
    }

    /// The number of replicas that the fault sets for good of this service, if it does.
    pub fn sets_replicas(&self, of: &str) -> Option<u32> {
        match self.planned {
            Some(Fault { kind: FaultKind::Scale { service, replicas }, lasts: None, .. }) => {
                (service == of).then_some(*replicas)
            }
            _ => None,
        }
    }
}
