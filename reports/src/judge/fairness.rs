//! Loads are served as before while another one is overloaded.

use brunt_scenarios::plan::{Arrival, During, Fairness, Load, Plan, Ramp};
use brunt_scenarios::timeline::{LoadRecord, Timeline, Window};

use super::judged::{Judge, JudgedRun};
use super::part;
use crate::compare::{Allowed, Metric, PartWindows, held_against};
use crate::format;
use crate::verdict::{Finding, Judgement};

/// The share of comparisons that may call something unfair by chance, over all loads and metrics
/// of a claim.
const FALSE_ALARMS: f64 = 0.05;

/// Windows from before, and from while something is overloaded.
struct Halves<'t> {
    calm: Vec<&'t Window>,
    loaded: Vec<&'t Window>,
}

impl Judge for Fairness {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        of_run(self, run.plan, run.timeline)
    }
}

fn of_run(claim: &Fairness, plan: &Plan, timeline: &Timeline) -> Vec<Finding> {
    let Fairness { of, meanwhile, slower } = claim;
    let (meanwhile, slower) = (meanwhile.as_deref(), *slower);
    let doubt = meanwhile.and_then(|load| not_overloaded(plan, timeline, load));
    // Bonferroni, as for comparisons: two metrics of each load.
    let risk = FALSE_ALARMS / (of.len() * 2).max(1) as f64;
    let allowed = Allowed { latency: slower, ..Allowed::default() };
    let each = of.iter().flat_map(|load| {
        let halves = halves(plan, timeline, load, meanwhile);
        [Metric::P99, Metric::Failures].map(|metric| {
            of_metric(load, metric, meanwhile, halves.as_ref(), doubt.as_deref(), (allowed, risk))
        })
    });
    each.collect()
}

fn of_metric(
    load: &str,
    metric: Metric,
    meanwhile: Option<&str>,
    halves: Option<&Halves<'_>>,
    doubt: Option<&str>,
    (allowed, risk): (Allowed, f64),
) -> Finding {
    let when = meanwhile
        .map_or("during the faults".to_owned(), |other| format!("while {other} is overloaded"));
    let (name, claim) = match metric {
        Metric::Failures => ("fairness.failures", format!("{load}: no more failures {when}")),
        _ => {
            let most = format::three_digits(allowed.latency * 100.0);
            ("fairness.p99", format!("{load}: {metric} at most {most}% longer {when}"))
        }
    };
    let held = halves.map(|halves| {
        held_against(
            &PartWindows(vec![halves.calm.as_slice()]),
            &PartWindows(vec![halves.loaded.as_slice()]),
            metric,
            allowed,
            risk,
        )
    });
    let (judgement, measured, evidence) = match (held, doubt) {
        (None, _) => open("There is no record of it."),
        (_, Some(doubt)) => open(doubt),
        (Some(held), None) => (held.judgement, held.measured(metric), held.evidence(metric)),
    };
    Finding { check: None, name: name.to_owned(), claim, judgement, measured, evidence }
}

fn open(evidence: &str) -> (Judgement, String, String) {
    (Judgement::Inconclusive, "unknown".to_owned(), evidence.to_owned())
}

fn halves<'t>(
    plan: &Plan,
    timeline: &'t Timeline,
    load: &str,
    meanwhile: Option<&str>,
) -> Option<Halves<'t>> {
    let record = record(timeline, load)?;
    match meanwhile {
        None => Some(Halves {
            calm: part::windows(timeline, record, During::Before),
            loaded: part::windows(timeline, record, During::Faults),
        }),
        Some(other) => Some(split(record, planned(plan, other)?)),
    }
}

/// Windows in which a load's planned rate is its first one throughout, and those in which it
/// is higher throughout.
fn split<'t>(record: &'t LoadRecord, load: &Load) -> Halves<'t> {
    let Arrival::Open { ramps } = &load.arrival else {
        return Halves { calm: vec![], loaded: vec![] };
    };
    let first = ramps.first().map_or(0.0, |ramp| ramp.from);
    let all = |holds: fn(f64, f64) -> bool| -> Vec<&'t Window> {
        let throughout = |window: &&Window| {
            // A little less, so that a window which ends with a stage belongs to that stage.
            let ends = [window.start, window.start + record.window - 1e-6];
            ends.iter().all(|at| holds(rate(ramps, *at), first))
        };
        record.windows.iter().filter(throughout).collect()
    };
    // Up to the first rise: what comes after an overload still suffers from it.
    let calm = all(|rate, first| rate <= first);
    let loaded = all(|rate, first| rate > first);
    let rises = loaded.first().map_or(f64::INFINITY, |window| window.start);
    Halves { calm: calm.into_iter().filter(|window| window.start < rises).collect(), loaded }
}

/// The planned rate at a moment; none after its end.
fn rate(ramps: &[Ramp], at: f64) -> f64 {
    let mut left = at;
    for ramp in ramps {
        let lasts = ramp.lasts.as_secs_f64();
        if left < lasts {
            return ramp.from + (ramp.to - ramp.from) * left / lasts;
        }
        left -= lasts;
    }
    0.0
}

/// Why an overload was none, if it was none: nothing became of it that its own load
/// would have noticed.
fn not_overloaded(plan: &Plan, timeline: &Timeline, load: &str) -> Option<String> {
    let halves =
        record(timeline, load).zip(planned(plan, load)).map(|(record, load)| split(record, load));
    let Some(halves) = halves else {
        return Some(format!("There is no record of {load}."));
    };
    let (calm, loaded) =
        (PartWindows(vec![halves.calm.as_slice()]), PartWindows(vec![halves.loaded.as_slice()]));
    let (before, now) = (calm.figures(), loaded.figures());
    let noticed = match (before, now) {
        (Some(before), Some(now)) => now.0 >= before.0 + 0.01 || now.1 >= before.1 * 2.0,
        _ => return Some(format!("{load} has no replies to tell by whether it was overloaded.")),
    };
    (!noticed).then(|| {
        format!(
            "{load} was not overloaded: it neither failed more often nor was its p99 twice as long \
             as before."
        )
    })
}

fn record<'t>(timeline: &'t Timeline, load: &str) -> Option<&'t LoadRecord> {
    timeline.loads.iter().find(|record| record.name == load)
}

fn planned<'p>(plan: &'p Plan, load: &str) -> Option<&'p Load> {
    plan.loads.iter().find(|planned| planned.name == load)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_ramps() {
        let secs = std::time::Duration::from_secs;
        let ramps = [
            Ramp { from: 10.0, to: 10.0, lasts: secs(5) },
            Ramp { from: 10.0, to: 110.0, lasts: secs(10) },
        ];
        assert_eq!([0.0, 4.9, 10.0, 20.0].map(|at| rate(&ramps, at)), [10.0, 10.0, 60.0, 0.0]);
    }
}
