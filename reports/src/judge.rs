//! From a plan and what happened to a verdict.

mod amplification;
mod availability;
mod before_faults;
mod breaker;
mod conserved;
mod consistency;
mod cross_checks;
mod decoupled;
mod down;
mod fairness;
mod gaps;
mod hits;
mod hpa;
mod isolation;
mod judged;
mod judging;
mod lag;
mod latency;
mod ledger;
mod longest_outage;
pub(crate) mod part;
mod recovers;
pub(crate) mod replicas;
mod restarts;
mod run;
mod scales_in;
mod share;
mod slo;
mod steps;
mod throughput;

use brunt_scenarios::plan::Plan;
use brunt_scenarios::timeline::{Ending, Schedule, Timeline};

use crate::verdict::{Finding, Judgement, Outcome, Verdict};
pub use before_faults::failures_before_faults;
pub(crate) use judging::judging;
pub use lag::windows_without_lag;
pub use share::RunCounts;
pub(crate) use share::Share;

/// Judges a run: each check of the plan, each step, and what makes a run say less than it seems to:
/// faults without effect, a generator that missed its schedule, an early end, things left behind.
pub fn judge(plan: &Plan, timeline: &Timeline) -> Verdict {
    let mut findings = run::ending(timeline);
    let best = lag::without(timeline);
    for check in &plan.checks {
        let of_check = lag::judge(plan, (timeline, best.as_ref()), check).into_iter();
        findings.extend(of_check.map(|finding| Finding { check: Some(check.id), ..finding }));
    }
    findings.extend(steps::judge(plan, timeline));
    findings.extend(run::faults(plan, timeline));
    findings.extend(lag::fewer_met(plan, timeline));
    findings.extend(run::loads(plan, timeline));
    findings.extend(gaps::judge(plan, timeline));
    findings.extend(consistency::judge(plan, timeline));
    Verdict { outcome: outcome(timeline, &findings), findings }
}

/// What is worst decides; a run that shows nothing is no pass.
fn outcome(timeline: &Timeline, findings: &[Finding]) -> Outcome {
    let any = |judgement| findings.iter().any(|finding| finding.judgement == judgement);
    if !timeline.left_behind.is_empty() {
        Outcome::LeftBehind
    } else if matches!(timeline.ending, Ending::Aborted(_) | Ending::Interrupted) {
        Outcome::Aborted
    } else if matches!(timeline.ending, Ending::LoadIncomplete(_))
        || timeline.loads.iter().any(|load| matches!(load.schedule, Schedule::Failed(_)))
        || gaps::has_lost_proxy(timeline)
    {
        // With a part of the figures missing, or failures that are the generator's or a proxy's
        // own, neither good nor bad ones say anything.
        Outcome::Inconclusive
    } else if any(Judgement::Fail) {
        Outcome::Fail
    } else if any(Judgement::Inconclusive) || findings.is_empty() {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    }
}
