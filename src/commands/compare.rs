//! `brunt compare`, and `brunt run --baseline`

use std::path::Path;

use anyhow::{Context, Result, bail};
use brunt_reports::{Allowed, Comparison, Report, compare as compared, comparison_text};

use brunt_scenarios::units::Percent;

use crate::cli::{CompareArgs, ToleranceArgs};
use crate::console::{out, outln};
use crate::earlier_runs;
use crate::exit::Exit;

/// Prints whether a new version is worse than the previous one.
pub fn compare(options: &CompareArgs) -> Result<Exit> {
    let (base, new) = (reports(&options.base)?, reports(&options.new)?);
    let comparison = compared(&base, &new, allowed(&options.tolerance))?;
    if options.json {
        outln!("{}", serde_json::to_string_pretty(&comparison)?);
    } else {
        out!("{}", comparison_text(&comparison));
    }
    Ok(comparison.judgement().into())
}

/// The runs of the previous version, to compare new ones with.
pub struct Baseline {
    reports: Vec<Report>,
    allowed: Allowed,
}

impl Baseline {
    /// Reads the runs.
    pub fn read(path: &Path, tolerance: &ToleranceArgs) -> Result<Self> {
        Ok(Self { reports: reports(path)?, allowed: allowed(tolerance) })
    }

    /// # Errors
    /// When there is no run of this scenario.
    pub fn must_have(&self, name: &str) -> Result<()> {
        if self.of(name).is_empty() {
            bail!("the baseline has no run of “{name}”");
        }
        Ok(())
    }

    /// Compares a run with those of its scenario.
    pub fn compare_with(&self, report: &Report) -> Result<Comparison> {
        compared(&self.of(&report.name), std::slice::from_ref(report), self.allowed)
            .context("the baseline cannot be compared with")
    }

    fn of(&self, name: &str) -> Vec<Report> {
        self.reports.iter().filter(|report| report.name == name).cloned().collect()
    }
}

fn reports(path: &Path) -> Result<Vec<Report>> {
    Ok(earlier_runs::read(path)?.into_iter().map(|found| found.report).collect())
}

fn allowed(tolerance: &ToleranceArgs) -> Allowed {
    let default = Allowed::default();
    Allowed {
        failures: tolerance.allow_failures.map_or(default.failures, Percent::fraction),
        latency: tolerance.allow_latency.map_or(default.latency, Percent::fraction),
    }
}
