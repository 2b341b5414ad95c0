//! Times during load and faults, and the checks that follow, in which services, or calls between
//! them, were not seen: what is measured from events may be late, or missing, and what is counted
//! may not be all.

use brunt_scenarios::plan::{Claim, FaultKind, Plan};
use brunt_scenarios::timeline::{Gap, GapKind, Timeline};

use crate::format;
use crate::verdict::{Finding, Judgement};

/// What the gaps of a run leave open, if anything rests on it.
pub fn judge(plan: &Plan, timeline: &Timeline) -> Option<Finding> {
    let matters = |gap: &&Gap| match gap.kind {
        GapKind::ProxyLost => true,
        GapKind::Bypassed => breaks_edges(plan) || rests_on_events(plan),
        GapKind::Unseen => rests_on_events(plan),
    };
    // Kinds are ordered by how much they leave open, so the worst is told.
    let gap = during(timeline).filter(matters).max_by_key(|gap| gap.kind)?;
    let (claim, measured) = match gap.kind {
        GapKind::ProxyLost => ("brunt's own proxies hold", "one was lost"),
        GapKind::Bypassed => ("faults between services meet all requests", "some went past"),
        GapKind::Unseen => ("what happens to services is seen at once", "not seen for a while"),
    };
    Some(Finding {
        check: None,
        name: "observation".to_owned(),
        claim: claim.to_owned(),
        judgement: Judgement::Inconclusive,
        measured: measured.to_owned(),
        evidence: format!(
            "From {}: {}.",
            format::moment(gap.from.0),
            gap.what.trim_end_matches('.')
        ),
    })
}

/// Whether failures may be those of a proxy that brunt put between two services and not
/// of the system.
pub fn has_lost_proxy(timeline: &Timeline) -> bool {
    during(timeline).any(|gap| gap.kind == GapKind::ProxyLost)
}

fn during(timeline: &Timeline) -> impl Iterator<Item = &Gap> {
    let during = |gap: &&Gap| gap.to.is_none_or(|to| to.0 >= 0.0) && gap.from.0 <= timeline.ended.0;
    timeline.gaps.iter().filter(during)
}

fn rests_on_events(plan: &Plan) -> bool {
    let rests_on_it = |claim: &Claim| {
        let needs = claim.needs();
        needs.events || needs.edge.is_some()
    };
    plan.checks.iter().any(|check| rests_on_it(&check.claim))
}

fn breaks_edges(plan: &Plan) -> bool {
    plan.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Edge { .. }))
}
