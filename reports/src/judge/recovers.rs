//! A service is ready again in time after each fault that hit it, or another one.

use std::time::Duration;

use brunt_scenarios::plan::{Plan, Recovers};
use brunt_scenarios::timeline::{EventKind, Timeline};
use brunt_scenarios::units::Period;

use super::hits::{self, Hit};
use super::judged::{Judge, JudgedRun};
use super::replicas::{self, Ready};
use crate::format;
use crate::verdict::{Finding, Judgement};

/// What became of a service after a fault.
enum Recovery {
    /// Ready again, so many seconds after the fault.
    After(f64),
    /// It never had fewer replicas ready than it should, though the fault was its own: there was
    /// nothing to recover from.
    Untouched,
    /// It never had fewer replicas ready than it should after another service's fault.
    StayedReady,
    /// It is one of several that the fault was drawn from, and lost no replica: another
    /// one was hit.
    NotDrawn,
    /// Hit again before its time was over: the later fault tells.
    HitAgain,
    /// Not ready by the end of the run, so many seconds after the fault.
    NotBy(f64),
}

impl Judge for Recovers {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        vec![of_run(self, run.plan, run.timeline)]
    }
}

fn of_run(claim: &Recovers, plan: &Plan, timeline: &Timeline) -> Finding {
    let within = claim.within;
    let hits = hits::on(plan, timeline, claim.hit());
    // The service's own faults keep it from being ready, too.
    let own = match claim.after {
        Some(_) => hits::on(plan, timeline, &claim.service),
        None => vec![],
    };
    let readiness = Readiness::of(plan, timeline, &claim.service);
    let each = hits.iter().map(|hit| {
        let over = over(hits.iter().chain(&own), hit);
        let case = RecoveryCase {
            wanted: replicas::wanted(plan, timeline, &claim.service, hit),
            over,
            next: first_after(&hits, hit.record.start.0)
                .into_iter()
                .chain(first_after(&own, over))
                .min_by(f64::total_cmp),
            within: within.as_secs_f64(),
        };
        (hit, recovery(timeline, claim, &readiness.ready, hit, &case))
    });
    let each: Vec<_> = each.collect();
    let judgements: Vec<Judgement> =
        each.iter().filter_map(|(_, recovery)| recovery.judgement(within)).collect();
    Finding {
        check: None,
        name: "recovers".to_owned(),
        claim: claim.to_string(),
        judgement: worst(&judgements),
        measured: measured(&each),
        evidence: format!("{}{}", evidence(&each, within), readiness.note),
    }
}

/// The worst of several; without any there is nothing to judge.
pub fn worst(judgements: &[Judgement]) -> Judgement {
    let any = |judgement| judgements.contains(&judgement);
    if any(Judgement::Fail) {
        Judgement::Fail
    } else if any(Judgement::Inconclusive) || judgements.is_empty() {
        Judgement::Inconclusive
    } else {
        Judgement::Pass
    }
}

/// What a recovery is measured against.
struct RecoveryCase {
    /// How many replicas must be ready.
    wanted: usize,
    /// From when on the service can recover.
    over: f64,
    /// When it is hit again.
    next: Option<f64>,
    /// How soon it must be ready, in seconds.
    within: f64,
}

/// From when on a service can recover from a fault: another that is still in force then keeps it
/// down as well.
fn over<'h>(hits: impl Iterator<Item = &'h Hit<'h>>, hit: &Hit<'_>) -> f64 {
    let others = hits.filter(|other| other.record.start.0 <= hit.over());
    others.map(Hit::over).fold(hit.over(), f64::max)
}

/// When the first of these faults began that is later than a moment.
fn first_after(hits: &[Hit<'_>], moment: f64) -> Option<f64> {
    hits.iter().map(|other| other.record.start.0).find(|start| *start > moment)
}

/// By what a service is known to be ready.
struct Readiness {
    ready: Ready,
    /// What to know about it, as a sentence after a space; nothing if a probe says it.
    note: &'static str,
}

impl Readiness {
    fn of(plan: &Plan, timeline: &Timeline, service: &str) -> Self {
        let by_probe = plan.system.services.get(service).is_none_or(|one| one.readiness.is_some());
        let mut events = timeline.events.iter().filter(|event| event.service == service);
        if by_probe {
            return Self { ready: Ready::of(timeline, service), note: "" };
        }
        match events.any(|event| event.what == EventKind::Listening) {
            true => Self {
                ready: Ready::listening(timeline, service),
                note: " It has no readiness probe, so it is ready when it accepts connections.",
            },
            false => Self {
                ready: Ready::of(timeline, service),
                note: " It has no readiness probe, so it is ready when its process has started.",
            },
        }
    }
}

fn recovery(
    timeline: &Timeline,
    claim: &Recovers,
    ready: &Ready,
    hit: &Hit<'_>,
    case: &RecoveryCase,
) -> Recovery {
    let over = case.over;
    let own = claim.after.is_none();
    let missing = ready.falls_below(case.wanted, hit.record.start.0);
    // What begins later than the bound, or after the next fault, has another cause.
    let horizon = case.next.unwrap_or(f64::INFINITY).min(over + case.within);
    let missing = missing.filter(|at| *at <= horizon);
    let back = match (own && hit.is_rollout(), missing) {
        (true, _) => rolled_out(timeline, &claim.service, over)
            .and_then(|done| ready.reaches(case.wanted, done)),
        (false, Some(missing)) => ready.reaches(case.wanted, missing.max(over)),
        (false, None) if own && hit.record.services.len() > 1 => return Recovery::NotDrawn,
        (false, None) if own => return Recovery::Untouched,
        (false, None) => return Recovery::StayedReady,
    };
    match (back, case.next) {
        (back, Some(next)) if back.is_none_or(|back| back > next) && next - over < case.within => {
            Recovery::HitAgain
        }
        (Some(back), _) => Recovery::After(back - over),
        (None, _) => Recovery::NotBy(timeline.ended.0 - over),
    }
}

fn rolled_out(timeline: &Timeline, service: &str, from: f64) -> Option<f64> {
    let mut later =
        timeline.events.iter().filter(|event| event.service == service && event.at.0 >= from);
    later.find(|event| event.what == EventKind::RolloutDone).map(|event| event.at.0)
}

impl Recovery {
    fn judgement(&self, within: Duration) -> Option<Judgement> {
        let within = within.as_secs_f64();
        match self {
            Self::After(took) if *took <= within => Some(Judgement::Pass),
            Self::After(_) => Some(Judgement::Fail),
            Self::StayedReady => Some(Judgement::Pass),
            Self::Untouched | Self::HitAgain | Self::NotDrawn => None,
            Self::NotBy(waited) if *waited < within => Some(Judgement::Inconclusive),
            Self::NotBy(_) => Some(Judgement::Fail),
        }
    }
}

fn measured(each: &[(&Hit<'_>, Recovery)]) -> String {
    let longest = each.iter().filter_map(|(_, recovery)| match recovery {
        Recovery::After(took) => Some(*took),
        Recovery::StayedReady => Some(0.0),
        _ => None,
    });
    let untouched = each.iter().any(|(_, recovery)| matches!(recovery, Recovery::Untouched));
    let never = each.iter().any(|(_, recovery)| matches!(recovery, Recovery::NotBy(_)));
    match (never, longest.max_by(f64::total_cmp)) {
        (true, _) => "not ready again".to_owned(),
        (false, Some(longest)) => format::seconds(longest),
        (false, None) if untouched => "was never gone".to_owned(),
        (false, None) => "unknown".to_owned(),
    }
}

fn evidence(each: &[(&Hit<'_>, Recovery)], within: Duration) -> String {
    if each.is_empty() {
        return "No fault hit this service.".to_owned();
    }
    let slowest_first = |(_, recovery): &&(&Hit<'_>, Recovery)| match recovery {
        Recovery::NotBy(_) => f64::INFINITY,
        Recovery::After(took) => *took,
        _ => 0.0,
    };
    let mut order: Vec<&(&Hit<'_>, Recovery)> = each.iter().collect();
    order.sort_by(|one, other| slowest_first(other).total_cmp(&slowest_first(one)));
    let words: Vec<String> = order.iter().map(|(hit, recovery)| words(hit, recovery)).collect();
    let all = format::counted(each.len() as u64, "fault");
    format!(
        "{all}, bound {}: {}.",
        Period(within),
        format::first_few(&words, each.len() as u64, "; ")
    )
}

fn words(hit: &Hit<'_>, recovery: &Recovery) -> String {
    let fault = format!("{} at {}", hit.record.name, format::moment(hit.record.start.0));
    match recovery {
        Recovery::After(took) => format!("{fault}: ready again after {}", format::seconds(*took)),
        Recovery::Untouched => {
            format!("{fault}: took no replica away, so there was nothing to recover from")
        }
        Recovery::StayedReady => format!("{fault}: took no replica of this service away"),
        Recovery::NotDrawn => format!("{fault}: hit no replica of this service"),
        Recovery::HitAgain => format!("{fault}: hit again before its time was over"),
        Recovery::NotBy(waited) => {
            format!(
                "{fault}: not ready again in the {} that were left of the run",
                format::seconds(*waited)
            )
        }
    }
}
