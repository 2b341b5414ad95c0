//! What makes a run say less than it seems to.

use brunt_scenarios::plan::{FaultKind, Load, Plan};
use brunt_scenarios::timeline::{
    EdgeRecord, Ending, FaultRecord, GapKind, LoadRecord, Schedule, Timeline,
};

use super::hits;
use crate::format;
use crate::verdict::{Finding, Judgement};

/// How the run ended, if not as planned, and what it left behind.
pub fn ending(timeline: &Timeline) -> Vec<Finding> {
    let at = format::moment(timeline.ended.0);
    let ended = match &timeline.ending {
        Ending::Completed => None,
        Ending::Aborted(why) => Some(stopped(&at, why)),
        Ending::Interrupted => Some(stopped(&at, "a signal came")),
        Ending::LoadIncomplete(why) => Some(Finding {
            check: None,
            name: "load".to_owned(),
            claim: "all of the load is sent and recorded".to_owned(),
            judgement: Judgement::Inconclusive,
            measured: "not all of it".to_owned(),
            evidence: format::sentence(why),
        }),
        Ending::NotStarted(why) => Some(Finding {
            check: None,
            name: "setup".to_owned(),
            claim: "the system comes up and is set up".to_owned(),
            // Nothing was seen of what the scenario is about.
            judgement: Judgement::Inconclusive,
            measured: "did not start".to_owned(),
            // As it was said: it may begin with a service's log.
            evidence: why.clone(),
        }),
        Ending::NotSetUp(why) => Some(Finding {
            check: None,
            name: "setup".to_owned(),
            claim: "the system is set up".to_owned(),
            // As above: what is not prepared is not judged.
            judgement: Judgement::Inconclusive,
            measured: "not set up".to_owned(),
            evidence: why.clone(),
        }),
    };
    let left = timeline.left_behind.iter().map(|what| Finding {
        check: None,
        name: "revert".to_owned(),
        claim: "everything is put back".to_owned(),
        judgement: Judgement::Fail,
        measured: "left behind".to_owned(),
        evidence: format::sentence(what),
    });
    ended.into_iter().chain(left).collect()
}

fn stopped(at: &str, why: &str) -> Finding {
    Finding {
        check: None,
        name: "run".to_owned(),
        claim: "the run goes to its end".to_owned(),
        judgement: Judgement::Inconclusive,
        measured: format!("stopped at {at}"),
        evidence: format::sentence(why),
    }
}

/// Faults that had no effect, or never came.
pub fn faults(plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        timeline.faults.iter().filter_map(|fault| of_fault(plan, timeline, fault)).collect();
    let planned: usize = plan.faults.iter().map(|fault| fault.at.len()).sum();
    let missing = planned.saturating_sub(timeline.faults.len());
    if missing > 0 {
        let (claim, measured) = match planned {
            1 => ("the planned fault is injected", "not injected".to_owned()),
            _ => ("every planned fault is injected", format!("{} of {planned}", planned - missing)),
        };
        findings.push(Finding {
            check: None,
            name: "fault".to_owned(),
            claim: claim.to_owned(),
            judgement: Judgement::Inconclusive,
            measured,
            evidence: format!("Never injected: {}.", format::counted(missing as u64, "fault")),
        });
    }
    findings
}

fn of_fault(plan: &Plan, timeline: &Timeline, fault: &FaultRecord) -> Option<Finding> {
    let why = match (fault.effect, &fault.trouble) {
        (0, None) => hit_nothing(plan, timeline, fault),
        (_, Some(trouble)) => format::sentence(trouble),
        (_, None) => return None,
    };
    let (claim, measured) = match fault.effect {
        0 => (format!("{} has an effect", fault.name), "no effect".to_owned()),
        hit => (format!("{} happens as planned", fault.name), format!("{hit} hit")),
    };
    Some(Finding {
        check: None,
        name: "fault".to_owned(),
        claim,
        judgement: Judgement::Inconclusive,
        measured,
        evidence: format!("Applied at {}. {why}", format::moment(fault.start.0)),
    })
}

/// That a fault hit nothing; of one between two services, also what may be why.
fn hit_nothing(plan: &Plan, timeline: &Timeline, fault: &FaultRecord) -> String {
    let edge = hits::planned(plan, fault).and_then(|planned| match &planned.kind {
        FaultKind::Edge { from, to, .. } => Some((from, to)),
        _ => None,
    });
    let Some((from, to)) = edge else { return "It hit nothing.".to_owned() };
    let is_this = |edge: &&EdgeRecord| edge.from.as_ref() == Some(from) && edge.to == *to;
    let is_bypassed = timeline.gaps.iter().any(|gap| gap.kind == GapKind::Bypassed);
    match timeline.edges.iter().find(is_this).map(|edge| edge.requests) {
        None => format!("It hit nothing. What went from {from} to {to} was not counted."),
        Some(seen) if seen > 0 => format!(
            "It hit nothing: in the whole run, {} from {from} to {to} went through the proxy \
             between them, and none met it.",
            format::counted(seen, "request")
        ),
        // Nothing goes past a proxy unless the run has noted that something may.
        Some(_) if !is_bypassed => format!(
            "It hit nothing: {from} made no request to {to} that the proxy between them saw."
        ),
        Some(_) => format!(
            "It hit nothing: no request from {from} to {to} was seen by the proxy between them. \
             {from} made none, or made them over connections that are older than the proxy and go \
             past it until {from} closes them."
        ),
    }
}

/// Loads that were not what they should have been.
pub fn loads(plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    let planned = plan.loads.iter().filter_map(|load| {
        let record = timeline.loads.iter().find(|record| record.name == load.name);
        objection(load, record).map(|(measured, evidence)| Finding {
            check: None,
            name: "load".to_owned(),
            claim: format!("the generator sends load {} as planned", load.name),
            judgement: Judgement::Inconclusive,
            measured,
            evidence,
        })
    });
    planned.collect()
}

/// A load that was late is none of them: what lag may have turned is said where it is judged. Only
/// thresholds, which the generator judges itself, know nothing of lag.
fn objection(load: &Load, record: Option<&LoadRecord>) -> Option<(String, String)> {
    let Some(record) = record else {
        return Some(("not sent".to_owned(), "There is no record of this load.".to_owned()));
    };
    match &record.schedule {
        Schedule::Failed(why) => Some((
            "the generator failed".to_owned(),
            format!("{} What it recorded says little of the system.", format::sentence(why)),
        )),
        _ if format::totals(record).1 == 0 => {
            Some(("no request".to_owned(), "Not a single request was sent.".to_owned()))
        }
        Schedule::Missed(why) if !load.thresholds.is_empty() => Some((
            "sent late".to_owned(),
            format!(
                "The generator was late, and the load's thresholds cannot tell that from a slow \
                 system: {}.",
                why.trim_end_matches('.')
            ),
        )),
        Schedule::Missed(_) | Schedule::Kept => None,
    }
}
