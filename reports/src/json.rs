//! The report for programs, `report.json`.

use crate::{RenderError, Report};

/// All of the report as JSON, on one line: histograms would fill a line per figure otherwise.
///
/// # Errors
/// [`RenderError::Json`] when a figure is not a number that JSON knows.
pub fn json(report: &Report) -> Result<String, RenderError> {
    Ok(serde_json::to_string(report)? + "\n")
}
