//! `brunt run --trials`: one scenario several times, as one verdict.

use anyhow::Result;
use brunt_reports::{Outcome, trials, verdict_text};

use super::{Attempt, colour, once};
use crate::cli::CommonArgs;
use crate::console::{errln, out};
use crate::exit::Exit;
use crate::files::Planned;

/// Runs a scenario so often, one run after another, and judges them together. A run that was
/// stopped, or left something behind, is the last one.
pub fn several(planned: &Planned, common: &CommonArgs, times: usize) -> Result<Exit> {
    let mut reports = Vec::new();
    for trial in 0..times {
        // Each with chance of its own, and all of them again with the same seed.
        let seed = common.seed.map(|seed| seed.wrapping_add(trial as u64));
        let common = CommonArgs { seed, ..common.clone() };
        let slug = format!("{}-trial{}", planned.slug, trial + 1);
        let attempt =
            Attempt { planned, plan: &planned.plan, slug: &slug, command: "run", live: None };
        let (report, page) = once(&attempt, &common)?;
        errln!("trial {} of {times} {}: {}", trial + 1, report.verdict.outcome, page.display());
        let outcome = report.verdict.outcome;
        reports.push(report);
        if matches!(outcome, Outcome::Aborted | Outcome::LeftBehind) {
            break;
        }
    }
    let verdict = trials(&planned.plan, &reports);
    let summary = format!("{} · {} of {times} trials", planned.plan.system.name, reports.len());
    out!("{}", verdict_text(&planned.plan.name, &summary, &verdict, colour(), None));
    Ok(verdict.outcome.into())
}
