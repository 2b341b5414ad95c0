//! `brunt load`: the load generator's command line, and pages of what came of it.

use std::process::ExitCode;
use std::time::Duration;

use brunt_loadgen_cli::{self as cli, Claim, Exit, Searched, Step, Told};
use brunt_reports::{
    Fact, Finding, Judgement, Limit, Origin, Outcome, PlanSummary, Report, Verdict, html,
};
use brunt_scenarios::timeline::{Ending, LoadRecord, Moment, RateRecord, Schedule, Timeline};

use crate::logging::Hold;

/// Does what the arguments say.
pub fn load(arguments: &[String]) -> ExitCode {
    let command = format!(
        "brunt load {}",
        arguments.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(" ")
    );
    // The view draws on the whole terminal, so log lines wait for its end.
    let _hold = Hold::on_terminal();
    cli::main_with_pages(arguments, Some(&|told| page(told, &command)))
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_=./:,%@+".contains(letter);
    match !argument.is_empty() && argument.chars().all(plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', "'\\''")),
    }
}

fn page(told: &Told<'_>, command: &str) -> Result<String, String> {
    html(&report(told, command)).map_err(|error| error.to_string())
}

fn report(told: &Told<'_>, command: &str) -> Report {
    let loads: Vec<LoadRecord> =
        told.outcomes.iter().map(|outcome| outcome.record.clone()).collect();
    let ended =
        told.outcomes.iter().map(|outcome| outcome.elapsed.as_secs_f64()).fold(0.0, f64::max);
    let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    Report {
        format: 1,
        name: told.what.clone(),
        about: None,
        system: "load".to_owned(),
        origin: Origin {
            started: jiff::Timestamp::try_from(told.began).unwrap_or_default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.to_owned(),
            host: vec![
                fact("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
                fact("Cores", cores.to_string()),
            ],
            file: "as a command".to_owned(),
            text: command.to_owned(),
        },
        plan: PlanSummary {
            loads: vec![told.how.clone()],
            faults: vec![],
            bounds: vec![],
            limits: limits(told),
            calls: vec![],
            struck: vec![],
            requests: vec![],
        },
        verdict: Verdict { outcome: outcome(told), findings: findings(told, &loads) },
        timeline: Timeline {
            ended: Moment(ended.max(1e-3)),
            loads,
            rates: rates(told),
            ..Timeline::empty(Ending::Completed)
        },
    }
}

/// What a search held each rate against.
fn limits(told: &Told<'_>) -> Vec<Limit> {
    let limits = told.searched.iter().flat_map(|search| &search.limits);
    let limit = |(quantile, most): &(String, Duration)| Limit {
        of: told.what.clone(),
        quantile: quantile.clone(),
        at_most: most.as_secs_f64(),
    };
    limits.map(limit).collect()
}

fn rates(told: &Told<'_>) -> Vec<RateRecord> {
    let steps = told.searched.iter().flat_map(|search| &search.steps);
    let record = |step: &Step| RateRecord {
        rate: step.rate,
        latency: step.latency.clone(),
        errors: step.errors,
        holds: step.holds,
    };
    steps.map(record).collect()
}

fn outcome(told: &Told<'_>) -> Outcome {
    match told.exit {
        Exit::Fine => Outcome::Pass,
        Exit::Below | Exit::Wrong => Outcome::Fail,
        Exit::Inconclusive => Outcome::Inconclusive,
        Exit::Aborted => Outcome::Aborted,
    }
}

/// What was claimed, what a search found, and whether each load kept its schedule.
fn findings(told: &Told<'_>, loads: &[LoadRecord]) -> Vec<Finding> {
    let claimed = told.claims.iter().map(claimed);
    let found = told.searched.into_iter().map(searched);
    claimed.chain(found).chain(loads.iter().map(schedule)).collect()
}

fn claimed(claim: &Claim) -> Finding {
    Finding {
        name: "claim".to_owned(),
        claim: claim.claim.clone(),
        judgement: if claim.holds { Judgement::Pass } else { Judgement::Fail },
        measured: claim.measured.clone(),
        evidence: "Held against all requests that were counted.".to_owned(),
    }
}

fn searched(searched: &Searched) -> Finding {
    let judgement = match searched.exit {
        Exit::Fine => Judgement::Pass,
        Exit::Below | Exit::Wrong => Judgement::Fail,
        Exit::Inconclusive | Exit::Aborted => Judgement::Inconclusive,
    };
    let highest =
        searched.steps.iter().filter(|step| step.holds == Some(true)).map(|step| step.rate);
    Finding {
        name: "find-max".to_owned(),
        claim: format!("The highest rate that holds {}", searched.slo),
        judgement,
        measured: highest.reduce(f64::max).map_or("–".to_owned(), |rate| format!("{rate:.0}/s")),
        evidence: searched.conclusion.clone(),
    }
}

fn schedule(load: &LoadRecord) -> Finding {
    let lag = load
        .lag
        .quantile(0.999)
        .map_or("–".to_owned(), |micros| format!("{:.3} ms", micros as f64 / 1e3));
    let (judgement, evidence) = match &load.schedule {
        Schedule::Kept => (Judgement::Pass, "So the figures tell of the server.".to_owned()),
        Schedule::Missed(why) => {
            (Judgement::Inconclusive, format!("The figures are INVALID: {why}."))
        }
    };
    Finding {
        name: "schedule".to_owned(),
        claim: format!("{}: the generator keeps its schedule", load.name),
        judgement,
        measured: format!("lag p99.9 {lag}"),
        evidence,
    }
}
