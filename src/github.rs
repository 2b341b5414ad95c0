//! What a step of a GitHub workflow leaves for those who look at it: a summary, and a note beside
//! each claim that fails.

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::{Context, Result};
use brunt_reports::{Report, annotations, markdown};

use crate::console::out;

/// Adds a run to the step's summary and prints its annotations; does nothing outside of
/// a GitHub workflow.
pub fn annotate(report: &Report) -> Result<()> {
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        writeln!(file, "{}", markdown(report)?).context("the step summary cannot be written")?;
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        out!("{}", annotations(report));
    }
    Ok(())
}
