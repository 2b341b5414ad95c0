//! Output for a GitHub workflow: the step's summary, and an annotation for each check that did not
//! pass.

use std::fs::OpenOptions;
use std::io::Write;

use anyhow::{Context, Result};
use brunt_reports::{Report, annotations, markdown};

use crate::console::out;

fn is_workflow() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Adds a run to the step's summary and prints its annotations; does nothing outside of
/// a GitHub workflow.
pub fn annotate(report: &Report) -> Result<()> {
    if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
        writeln!(file, "{}", markdown(report)?).context("the step summary cannot be written")?;
    }
    // On standard output, where GitHub looks for workflow commands.
    if is_workflow() {
        out!("{}", annotations(report));
    }
    Ok(())
}
