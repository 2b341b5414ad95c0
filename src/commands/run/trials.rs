//! `brunt run --trials`: one scenario several times, as one verdict.

use anyhow::Result;
use brunt_reports::{Outcome, trials, verdict_text};

use crate::cli::CommonArgs;
use crate::commands::attempt::{self, Attempt};
use crate::console::{self, errln, out};
use crate::exit::Exit;
use crate::files::Planned;

/// Runs a scenario this many times, one run after another, and judges the runs together. A run that
/// was stopped, or left a change behind, is the last one.
pub fn several(planned: &Planned, common: &CommonArgs, times: usize) -> Result<Exit> {
    let mut reports = Vec::new();
    for trial in 0..times {
        // Each run has a seed of its own, and all of them follow from the one that was given.
        let seed = common.seed.map(|seed| seed.wrapping_add(trial as u64));
        let common = CommonArgs { seed, ..common.clone() };
        let slug = format!("{}-trial{}", planned.slug, trial + 1);
        let attempt = Attempt {
            planned,
            plan: &planned.plan,
            proof: None,
            slug: &slug,
            command: "run",
            live: None,
        };
        let (report, page) = attempt::make(&attempt, &common)?;
        errln!("trial {} of {times} {}: {}", trial + 1, report.verdict.outcome, page.display());
        let outcome = report.verdict.outcome;
        reports.push(report);
        if matches!(outcome, Outcome::Aborted | Outcome::LeftBehind) {
            break;
        }
    }
    let verdict = trials(&planned.plan, &reports);
    let summary = format!("{} · {} of {times} trials", planned.plan.system.name, reports.len());
    out!("{}", verdict_text(&planned.plan.name, &summary, &verdict, console::colour(), None));
    Ok(verdict.outcome.into())
}
