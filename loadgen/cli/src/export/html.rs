//! HTML: a load as a report, drawn by the renderer of reports.

use std::time::Duration;

use brunt_reports::{
    Exit, Fact, Finding, Judgement, Limit, Origin, Outcome, PlanSummary, Report, Verdict,
};
use brunt_scenarios::timeline::{Ending, LoadRecord, Moment, RateRecord, Schedule, Timeline};

use crate::error::ExportError;
use crate::limits::LimitResult;
use crate::output::{LoadOutput, RateSearchResult, RateStep};

/// A whole page.
pub(super) fn html(output: &LoadOutput<'_>) -> Result<String, ExportError> {
    Ok(brunt_reports::html(&report(output))?)
}

fn report(output: &LoadOutput<'_>) -> Report {
    let loads: Vec<LoadRecord> =
        output.outcomes.iter().map(|outcome| outcome.record.clone()).collect();
    let ended =
        output.outcomes.iter().map(|outcome| outcome.elapsed.as_secs_f64()).fold(0.0, f64::max);
    Report {
        format: 1,
        name: output.what.clone(),
        about: None,
        system: "load".to_owned(),
        origin: origin(output),
        plan: PlanSummary {
            loads: vec![output.how.clone()],
            faults: vec![],
            bounds: vec![],
            limits: limits(output),
            calls: vec![],
            struck: vec![],
            requests: vec![],
        },
        planned_failure: None,
        verdict: Verdict { outcome: outcome(output.exit), findings: findings(output, &loads) },
        timeline: Timeline {
            // A picture needs a time axis that is longer than nothing.
            ended: Moment(ended.max(1e-3)),
            loads,
            rates: rates(output),
            ..Timeline::empty(Ending::Completed)
        },
    }
}

fn origin(output: &LoadOutput<'_>) -> Origin {
    let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    Origin {
        started: jiff::Timestamp::try_from(output.began).unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: output.command.clone(),
        host: vec![
            fact("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            fact("Cores", cores.to_string()),
        ],
        // A load of options has no scenario file: the page shows the command in its place.
        file: "as a command".to_owned(),
        text: output.command.clone(),
    }
}

/// The limits that a search held each rate against.
fn limits(output: &LoadOutput<'_>) -> Vec<Limit> {
    let limits = output.search.iter().flat_map(|search| &search.limits);
    let limit = |(quantile, most): &(String, Duration)| Limit {
        of: output.what.clone(),
        quantile: quantile.clone(),
        at_most: most.as_secs_f64(),
    };
    limits.map(limit).collect()
}

fn rates(output: &LoadOutput<'_>) -> Vec<RateRecord> {
    let steps = output.search.iter().flat_map(|search| &search.steps);
    let record = |step: &RateStep| RateRecord {
        rate: step.rate,
        latency: step.latency.clone(),
        errors: step.errors,
        holds: step.holds,
    };
    steps.map(record).collect()
}

fn outcome(exit: Exit) -> Outcome {
    match exit {
        Exit::Pass => Outcome::Pass,
        Exit::Fail | Exit::Invalid => Outcome::Fail,
        Exit::Inconclusive => Outcome::Inconclusive,
        Exit::Aborted | Exit::Interrupted => Outcome::Aborted,
        Exit::LeftBehind => Outcome::LeftBehind,
    }
}

/// The limits of a load, what a search found, and whether each load kept its schedule.
fn findings(output: &LoadOutput<'_>, loads: &[LoadRecord]) -> Vec<Finding> {
    let limits = output.limit_results.iter().map(limit_finding);
    let search = output.search.into_iter().map(search_finding);
    let in_spite = output.exit == Exit::Pass;
    let schedules = loads.iter().map(|load| schedule_finding(load, in_spite));
    limits.chain(search).chain(schedules).collect()
}

fn limit_finding(result: &LimitResult) -> Finding {
    Finding {
        check: None,
        name: "claim".to_owned(),
        claim: result.limit.clone(),
        judgement: match result.holds {
            Some(true) => Judgement::Pass,
            Some(false) => Judgement::Fail,
            None => Judgement::Inconclusive,
        },
        measured: result.measured.clone(),
        evidence: "Held against all requests that were counted.".to_owned(),
    }
}

fn search_finding(search: &RateSearchResult) -> Finding {
    let judgement = match outcome(search.exit) {
        Outcome::Pass => Judgement::Pass,
        Outcome::Fail => Judgement::Fail,
        Outcome::Inconclusive | Outcome::Aborted | Outcome::LeftBehind => Judgement::Inconclusive,
    };
    // Of all steps, as the search may have ended before it found a rate that breaks.
    let highest = search.steps.iter().filter(|step| step.holds == Some(true)).map(|step| step.rate);
    Finding {
        check: None,
        name: "find-max".to_owned(),
        claim: format!("The highest rate that holds {}", search.slo),
        judgement,
        measured: highest.reduce(f64::max).map_or("–".to_owned(), |rate| format!("{rate:.0}/s")),
        evidence: search.conclusion.clone(),
    }
}

/// Whether a load kept its schedule; `in_spite` when all limits hold even if it did not.
fn schedule_finding(load: &LoadRecord, in_spite: bool) -> Finding {
    let lag = load.lag.quantile(0.999);
    let lag = lag.map_or("–".to_owned(), |micros| format!("{:.3} ms", micros as f64 / 1e3));
    let (judgement, evidence) = match &load.schedule {
        Schedule::Kept => {
            (Judgement::Pass, "So the figures describe the server, not the generator.".to_owned())
        }
        Schedule::Missed(why) if in_spite => {
            (Judgement::Pass, format!("It did not, and the limits hold in spite of that: {why}."))
        }
        Schedule::Missed(why) | Schedule::Failed(why) => {
            (Judgement::Inconclusive, format!("The figures are INVALID: {why}."))
        }
    };
    Finding {
        check: None,
        name: "schedule".to_owned(),
        claim: format!("{}: the generator keeps its schedule", load.name),
        judgement,
        measured: format!("lag p99.9 {lag}"),
        evidence,
    }
}
