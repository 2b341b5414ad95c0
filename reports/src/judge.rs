//! From a plan and what happened to a verdict.

mod agreement;
mod amplification;
pub(crate) mod availability;
mod breaker;
mod conserved;
mod down;
mod fairness;
mod hits;
mod hpa;
mod isolation;
pub(crate) mod latency;
mod ledger;
pub(crate) mod part;
mod recovers;
pub(crate) mod replicas;
mod restarts;
mod run;
mod scales_in;
mod slo;
mod sound;
mod steps;

use brunt_scenarios::plan::{Check, Claim, Load, Plan};
use brunt_scenarios::timeline::{Ending, Timeline};

use crate::verdict::{Finding, Judgement, Outcome, Verdict};

/// Judges a run: each check of the plan, each step, and what makes a run say less than it seems to:
/// faults without effect, a generator that missed its schedule, an early end, things left behind.
pub fn judge(plan: &Plan, timeline: &Timeline) -> Verdict {
    let mut findings = run::ending(timeline);
    for (place, check) in plan.checks.iter().enumerate() {
        findings.extend(of_check(plan, timeline, place, check));
    }
    findings.extend(steps::judge(plan, timeline));
    findings.extend(run::faults(plan, timeline));
    findings.extend(run::loads(plan, timeline));
    findings.extend(run::gaps(plan, timeline));
    findings.extend(sound::judge(plan, timeline));
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
            let claim = known
                .map_or(claim.clone(), |record| claim.replace(equals, &record.wanted.to_string()));
            vec![conserved::judge(record, claim)]
        }
        Claim::Saga { .. } | Claim::View { .. } => {
            let record = timeline.agreements.iter().find(|record| record.check == place);
            vec![agreement::judge(record, check.name, claim)]
        }
        Claim::Fairness { of, meanwhile, slower } => {
            fairness::judge(plan, timeline, of, meanwhile.as_deref(), *slower)
        }
        Claim::Isolation { of, down, at_least } => {
            let down: Vec<&str> = down.iter().map(String::as_str).collect();
            vec![isolation::judge(timeline, check.name, claim, of, &down, *at_least)]
        }
        Claim::ScalesIn { service, to, from, within } => {
            vec![scales_in::judge(timeline, claim, service, *to, *from, *within)]
        }
        Claim::Hpa { service, reaches, within } => {
            hpa::judge(timeline, claim, service, *reaches, *within)
        }
        Claim::Amplification { of, from, to, at_most } => {
            vec![amplification::judge(timeline, claim, of, (from, to), *at_most)]
        }
        Claim::Slo { .. } => vec![slo::judge(plan, timeline, &check.claim)],
        Claim::Breaker { .. } => of_breaker(plan, timeline, place, check),
        Claim::Decoupled { .. } => of_decoupled(timeline, place, check),
    }
}

fn of_breaker(plan: &Plan, timeline: &Timeline, place: usize, check: &Check) -> Vec<Finding> {
    let Claim::Breaker { caller, path, fails_fast, .. } = &check.claim else {
        return vec![];
    };
    let record = timeline.breakers.iter().find(|record| record.check == place);
    let fast = fails_fast.iter().map(|(of, within)| {
        let load = plan.loads.iter().find(|load| load.name == *of);
        let timeout = load.map(Load::timeout).unwrap_or_default();
        breaker::fails_fast(record, timeline, caller, of, *within, timeout)
    });
    std::iter::once(breaker::path(record, check.claim.to_string(), path)).chain(fast).collect()
}

fn of_decoupled(timeline: &Timeline, place: usize, check: &Check) -> Vec<Finding> {
    let Claim::Decoupled { service, of, at_least, effects, .. } = &check.claim else {
        return vec![];
    };
    let record = timeline.ledgers.iter().find(|record| record.check == place);
    let accepted = format!("{of}: availability ≥ {at_least} while {service} is down");
    let completed = ledger::judge(record, &format!("{of} in {}", effects.target.document()), 0, 0);
    let completed = completed
        .into_iter()
        .take(1)
        .map(|finding| Finding { name: "decoupled.completed".to_owned(), ..finding });
    let accepted = isolation::judge(
        timeline,
        "decoupled.accepted",
        accepted,
        of,
        &[service.as_str()],
        *at_least,
    );
    std::iter::once(accepted).chain(completed).collect()
}

/// What is worst decides; a run that shows nothing is no pass.
fn outcome(timeline: &Timeline, findings: &[Finding]) -> Outcome {
    let any = |judgement| findings.iter().any(|finding| finding.judgement == judgement);
    if !timeline.left_behind.is_empty() {
        Outcome::LeftBehind
    } else if matches!(timeline.ending, Ending::Aborted(_) | Ending::Interrupted) {
        Outcome::Aborted
    } else if matches!(timeline.ending, Ending::LoadIncomplete(_)) {
        // With a part of the figures missing, neither good nor bad ones say anything.
        Outcome::Inconclusive
    } else if any(Judgement::Fail) {
        Outcome::Fail
    } else if any(Judgement::Inconclusive) || findings.is_empty() {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    }
}
