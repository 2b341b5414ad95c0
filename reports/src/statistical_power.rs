//! Checks that a plan cannot decide, as far as that is known before it runs.

use std::time::Duration;

use brunt_scenarios::plan::{Arrival, Claim, During, Evidence, Fault, Load, Plan, Ramp};
use brunt_scenarios::units::{Percent, Period};

use crate::{confidence, format};

/// One sentence for each check that will be inconclusive even if the system does well: too few
/// requests for the confidence, or a run that ends before the check's bound. Closed loads get no
/// warning, as their number of requests is not known beforehand.
pub fn power_warnings(plan: &Plan) -> Vec<String> {
    let of_claim = |claim: &Claim| {
        let evidence = claim.needs().evidence;
        evidence.iter().filter_map(|one| lacking(plan, claim, one)).collect::<Vec<_>>()
    };
    plan.checks.iter().flat_map(|check| of_claim(&check.claim)).collect()
}

/// Why the plan does not give a claim this evidence.
fn lacking(plan: &Plan, claim: &Claim, evidence: &Evidence<'_>) -> Option<String> {
    match evidence {
        Evidence::Share { of, share, during, shows } => too_few(plan, of, *share, *during, shows),
        Evidence::ErrorBudget { of, target, window, spends } => {
            budget(plan, of, *target, *window, *spends, claim)
        }
        Evidence::TimeAfterFaults { service, within, leaving_it_running } => {
            too_short(plan, claim, service, *within, *leaving_it_running)
        }
    }
}

fn too_few(plan: &Plan, of: &str, share: f64, during: During, claim: &str) -> Option<String> {
    let load = plan.loads.iter().find(|load| load.name == of)?;
    let needed = confidence::needed(share, 0)?;
    let gives = requests(load, &plan.faults, during)?;
    (gives < needed).then(|| {
        let (needed, gives) = (format::counted(needed, "request"), format::count(gives));
        format!("“{claim}” needs {needed} at least, all of them good; the load gives {gives}.")
    })
}

// A run without a failed request must have enough requests to show that it spends no more of
// the error budget.
fn budget(
    plan: &Plan,
    of: &str,
    target: f64,
    window: Duration,
    spends: Percent,
    claim: &Claim,
) -> Option<String> {
    let lasts =
        plan.loads.iter().find(|load| load.name == of).map_or(Duration::ZERO, |load| load.lasts);
    let bad =
        spends.fraction() * (1.0 - target) * window.as_secs_f64() / lasts.as_secs_f64().max(1e-3);
    match bad < 1.0 {
        true => too_few(plan, of, 1.0 - bad, During::Run, &claim.to_string()),
        false => Some(format!(
            "“{claim}” holds even if every request fails: the run is too short to spend that."
        )),
    }
}

fn too_short(
    plan: &Plan,
    claim: &Claim,
    service: &str,
    within: Duration,
    leaving_it_running: bool,
) -> Option<String> {
    let ends = plan.load_ends().max(plan.faults_end());
    let counts = |fault: &&Fault| {
        let counts = !leaving_it_running || fault.kind.leaves_running();
        counts && fault.kind.touches().contains(&service)
    };
    let last = plan.faults.iter().filter(counts).filter_map(Fault::last_end).max()?;
    (last + within > ends).then(|| {
        let (over, ends, until) = (Period(last), Period(ends), Period(last + within));
        format!(
            "“{claim}”: its fault is over at {over} and the run at {ends}; let the load last \
            {until}."
        )
    })
}

/// How many requests an open load makes in a part of the run.
fn requests(load: &Load, faults: &[Fault], during: During) -> Option<u64> {
    // A closed load makes as many requests as replies come back.
    let Arrival::Open { ramps } = &load.arrival else {
        return None;
    };
    let spans = || faults.iter().flat_map(spans_of);
    let up_to = |then: Duration| arrivals(ramps, then.min(load.lasts));
    let count = match during {
        During::Run => up_to(load.lasts),
        During::Before => up_to(spans().map(|(start, _)| start).min().unwrap_or(load.lasts)),
        During::After => {
            up_to(load.lasts) - up_to(spans().map(|(_, end)| end).max().unwrap_or(load.lasts))
        }
        During::Faults => {
            merged(spans().collect()).iter().map(|(start, end)| up_to(*end) - up_to(*start)).sum()
        }
    };
    Some(count.round() as u64)
}

fn spans_of(fault: &Fault) -> impl Iterator<Item = (Duration, Duration)> {
    // What happens at once concerns the second in which it happens.
    let lasts = fault.lasts.unwrap_or(Duration::from_secs(1));
    fault.at.iter().map(move |at| (*at, *at + lasts))
}

/// Spans that overlap, as one.
fn merged(mut spans: Vec<(Duration, Duration)>) -> Vec<(Duration, Duration)> {
    spans.sort_unstable();
    let mut all: Vec<(Duration, Duration)> = Vec::new();
    for (start, end) in spans {
        match all.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => all.push((start, end)),
        }
    }
    all
}

/// Arrivals from the start until then: the area under the rate.
pub(crate) fn arrivals(ramps: &[Ramp], then: Duration) -> f64 {
    let mut left = then.as_secs_f64();
    let mut sum = 0.0;
    for ramp in ramps {
        let (lasts, passed) = (ramp.lasts.as_secs_f64(), left.min(ramp.lasts.as_secs_f64()));
        if passed <= 0.0 {
            break;
        }
        let reached = ramp.from + (ramp.to - ramp.from) * passed / lasts;
        sum += (ramp.from + reached) / 2.0 * passed;
        left -= passed;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn arrivals_are_the_area_under_the_rate() {
        let ramps = [
            Ramp { from: 0.0, to: 100.0, lasts: secs(10) },
            Ramp { from: 100.0, to: 100.0, lasts: secs(5) },
        ];
        let counts = [0, 5, 10, 12, 15, 99].map(|then| arrivals(&ramps, secs(then)));
        assert_eq!(counts, [0.0, 125.0, 500.0, 700.0, 1000.0, 1000.0]);
    }

    #[test]
    fn spans_that_overlap_count_once() {
        let spans =
            vec![(secs(5), secs(7)), (secs(1), secs(3)), (secs(2), secs(4)), (secs(7), secs(8))];
        assert_eq!(merged(spans), [(secs(1), secs(4)), (secs(5), secs(8))]);
    }
}
