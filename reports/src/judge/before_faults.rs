//! Whether a check that must fail when something is broken fails before any fault has hit the
//! system. Then what was broken is enough by itself, and nothing is shown of the fault.

use brunt_scenarios::plan::{Check, Claim, During, Plan};
use brunt_scenarios::timeline::Timeline;

use super::lag;
use crate::verdict::{Finding, Judgement};

/// Which of the checks that are called by these names fail in the time before the first fault
/// already, as they do in it. Claims about shares of a load's requests alone can be held against a
/// part of a run.
pub fn failures_before_faults(plan: &Plan, timeline: &Timeline, names: &[String]) -> Vec<Finding> {
    if timeline.faults.is_empty() {
        return vec![];
    }
    let best = lag::without(timeline);
    let early = plan.checks.iter().filter_map(|check| {
        let claim = before(&check.claim)?;
        Some(Check { id: check.id, claim })
    });
    let findings = early.flat_map(|check| lag::judge(plan, (timeline, best.as_ref()), &check));
    let is_meant = |finding: &Finding| names.iter().any(|name| finding.is_called(name));
    findings.filter(|one| one.judgement == Judgement::Fail && is_meant(one)).collect()
}

/// The same claim about the time before the first fault; `None` if it is about that already, or
/// cannot be.
fn before(claim: &Claim) -> Option<Claim> {
    let mut claim = claim.clone();
    let during = match &mut claim {
        Claim::Availability(one) => &mut one.during,
        Claim::Latency(one) => &mut one.during,
        _ => return None,
    };
    (std::mem::replace(during, During::Before) != During::Before).then_some(claim)
}
