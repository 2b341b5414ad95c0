//! From a plan and what happened to a verdict.

mod availability;
mod conserved;
mod hits;
mod latency;
mod ledger;
pub(crate) mod part;
mod recovers;
mod replicas;
mod restarts;
mod run;
mod steps;

use brunt_scenarios::plan::{Check, Claim, Plan};
use brunt_scenarios::timeline::{Ending, Timeline};

use crate::verdict::{Finding, Judgement, Outcome, Verdict};

/// Judges a run: each check of the plan, each step, and what makes a run say less than it seems to: faults without effect,
/// a generator that missed its schedule, an early end, things left behind.
pub fn judge(plan: &Plan, timeline: &Timeline) -> Verdict {
    let mut findings = run::ending(timeline);
    for (place, check) in plan.checks.iter().enumerate() {
        findings.extend(of_check(plan, timeline, place, check));
    }
    findings.extend(steps::judge(plan, timeline));
    findings.extend(run::faults(plan, timeline));
    findings.extend(run::loads(plan, timeline));
    findings.extend(run::gaps(plan, timeline));
    Verdict { outcome: outcome(timeline, &findings), findings }
}

fn of_check(plan: &Plan, timeline: &Timeline, place: usize, check: &Check) -> Vec<Finding> {
    let claim = check.claim.to_string();
    match &check.claim {
        Claim::Availability { of, at_least, during } => {
            vec![availability::judge(timeline, claim, of, *at_least, *during)]
        }
        Claim::Latency { of, limits, during } => {
            let each = limits.iter();
            each.map(|limit| latency::judge(plan, timeline, of, *limit, *during)).collect()
        }
        Claim::Recovers { service, within } => {
            vec![recovers::judge(plan, timeline, claim, service, *within)]
        }
        Claim::Restarts { service, within } => {
            vec![restarts::judge(plan, timeline, claim, service, *within)]
        }
        Claim::Ledger { lost, duplicated, of, effects, .. } => {
            let record = timeline.ledgers.iter().find(|record| record.check == place);
            ledger::judge(record, &format!("{of} in {}", effects.document()), *lost, *duplicated)
        }
        Claim::Conserved { equals, .. } => {
            let record = timeline.sums.iter().find(|record| record.check == place);
            // A saved value is known by now, and says more than its name.
            let known = record.filter(|record| record.trouble.is_none());
            let claim =
                known.map_or(claim.clone(), |record| claim.replace(equals, &record.wanted.to_string()));
            vec![conserved::judge(record, claim)]
        }
    }
}

/// What is worst decides; a run that shows nothing is no pass.
fn outcome(timeline: &Timeline, findings: &[Finding]) -> Outcome {
    let any = |judgement| findings.iter().any(|finding| finding.judgement == judgement);
    if !timeline.left_behind.is_empty() {
        Outcome::LeftBehind
    } else if matches!(timeline.ending, Ending::Aborted(_) | Ending::Interrupted) {
        Outcome::Aborted
    } else if any(Judgement::Fail) {
        Outcome::Fail
    } else if any(Judgement::Inconclusive) || findings.is_empty() {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    }
}
