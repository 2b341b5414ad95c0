//! The summary of a load file's loads, for people.

use std::fmt::{self, Write};

use brunt_loadgen::LoadOutcome;
use brunt_reports::Exit;
use brunt_scenarios::plan::{Arrival, Load, LoadPlan};
use brunt_scenarios::timeline::{JourneyRecord, SparseHistogram, StepFigures};
use brunt_scenarios::units::Period;

use super::LoadOutput;
use super::format::{failures, millis, schedule};

/// The banner before the loads start: version, name, and each load.
pub(crate) fn announcement(plan: &LoadPlan, file: &str) -> String {
    let name = plan.name.as_deref().unwrap_or(file);
    format!("** brunt {}\n** {name}: {}\n", env!("CARGO_PKG_VERSION"), loads_in_words(plan))
}

/// `orders: 10 users for 30s, buy (3 steps)`.
pub(crate) fn loads_in_words(plan: &LoadPlan) -> String {
    plan.loads.iter().map(load_in_words).collect::<Vec<_>>().join("; ")
}

fn load_in_words(load: &Load) -> String {
    let arrival = match &load.arrival {
        Arrival::Closed { users, .. } => format!("{users} users"),
        Arrival::Open { ramps } => match ramps.as_slice() {
            [only] if only.from == only.to => rate(only.from),
            ramps => {
                let most = ramps.iter().map(|ramp| ramp.from.max(ramp.to)).fold(0.0, f64::max);
                format!("up to {}", rate(most))
            }
        },
    };
    format!("{}: {arrival} for {}, {}", load.name, Period(load.lasts), load.work)
}

fn rate(per_second: f64) -> String {
    format!("{per_second}/s")
}

/// All loads with their journeys, then the thresholds.
pub(crate) fn load_file_text(output: &LoadOutput<'_>, aborted: Option<&str>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut text, output, aborted);
    text
}

fn write_text(text: &mut String, output: &LoadOutput<'_>, aborted: Option<&str>) -> fmt::Result {
    let in_spite = !output.limit_results.is_empty() && output.exit == Exit::Pass;
    output.outcomes.iter().try_for_each(|outcome| load(text, outcome, in_spite))?;
    writeln!(text)?;
    for result in &output.limit_results {
        let word = result.word();
        writeln!(text, "Threshold {} {word}: {}", result.limit, result.measured)?;
    }
    aborted.map_or(Ok(()), |why| writeln!(text, "Ended early, by abortWhen: {why}"))
}

fn load(text: &mut String, outcome: &LoadOutcome, in_spite: bool) -> fmt::Result {
    let (record, totals) = (&outcome.record, &outcome.totals);
    let all = totals.requests();
    let per_second = totals.ok as f64 / outcome.elapsed.as_secs_f64().max(1e-3);
    let share = 100.0 * totals.ok as f64 / all.max(1) as f64;
    writeln!(
        text,
        "\nLoad {}: {} of {all} good, {share:.3} %, {per_second:.1}/s",
        record.name, totals.ok
    )?;
    let latency = SparseHistogram::of(&SparseHistogram::merge(
        record.windows.iter().map(|window| &window.latency),
    ));
    writeln!(text, "  {:<32}{:>9}{:>9}{:>9}{}", "", "good", "failed", "skipped", HEADS)?;
    row(text, "  all requests", &[totals.ok, totals.failures()], &latency)?;
    failures(text, "    ", &totals.failed, &outcome.causes)?;
    record.journeys.iter().try_for_each(|one| journey(text, one))?;
    writeln!(text, "  {}", schedule(&record.schedule, &record.lag, in_spite))
}

const HEADS: &str = "      p50 ms      p90 ms      p99 ms";

fn journey(text: &mut String, journey: &JourneyRecord) -> fmt::Result {
    let name = match journey.unfinished {
        0 => format!("  journey {}", journey.name),
        cut => format!("  journey {} ({cut} cut short)", journey.name),
    };
    row(text, &name, &[journey.ok, journey.failed], &journey.latency)?;
    journey.steps.iter().try_for_each(|one| step(text, one))
}

fn step(text: &mut String, step: &StepFigures) -> fmt::Result {
    let counts = [step.ok, step.failures(), step.skipped];
    row(text, &format!("    {}", step.name), &counts, &step.latency)?;
    for check in step.checks.iter().filter(|check| check.failed > 0) {
        let all = check.passed + check.failed;
        writeln!(text, "      check `{}` failed {} of {all} times", check.name, check.failed)?;
    }
    Ok(())
}

/// A name, up to three counts, and quantiles.
fn row(text: &mut String, name: &str, counts: &[u64], latency: &SparseHistogram) -> fmt::Result {
    write!(text, "  {name:<32}")?;
    for place in 0..3 {
        let count = counts.get(place).map(u64::to_string).unwrap_or_default();
        write!(text, "{count:>9}")?;
    }
    for quantile in [0.5, 0.9, 0.99] {
        let value = latency.quantile(quantile).map_or("-".to_owned(), millis);
        write!(text, "{value:>12}")?;
    }
    writeln!(text)
}
