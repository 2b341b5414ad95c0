//! Reads a report back. The file may come from anywhere, so nothing in it may cost more than its
//! size.

use serde_json::Value;

use crate::Report;

/// The version of the format that this version of brunt reads.
const FORMAT: u32 = 1;

/// The largest number of a report. Requests, microseconds and seconds of the longest run are far
/// below it, and a million of them can be added up.
const LARGEST: f64 = 1e13;

/// What may be larger: numbers that the system under test has answered.
const FREE: [&str; 1] = ["sums"];

/// Why a text is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON, or not that of a report.
    #[error("it is not a report of this version of brunt")]
    Json(#[from] serde_json::Error),
    /// It is of another version of the format, which can give a field another meaning.
    #[error("it has format {0}; this brunt reads format {FORMAT}")]
    Format(u32),
    /// A number that no run can have.
    #[error("{0} is {1}: no run has such a number")]
    Extreme(String, f64),
}

/// Reads a report from the text of its `report.json`.
///
/// # Errors
/// [`ReadError`] when it is not a report of this format, or no run can have made it.
pub fn read(text: &str) -> Result<Report, ReadError> {
    let whole: Value = serde_json::from_str(text)?;
    if let Some(timeline) = whole.get("timeline") {
        check(timeline, &mut vec!["timeline".to_owned()])?;
    }
    if let Some(plan) = whole.get("plan") {
        check(plan, &mut vec!["plan".to_owned()])?;
    }
    drop(whole);
    let report: Report = serde_json::from_str(text)?;
    match report.format {
        FORMAT => Ok(report),
        other => Err(ReadError::Format(other)),
    }
}

fn check(value: &Value, path: &mut Vec<String>) -> Result<(), ReadError> {
    match value {
        Value::Number(number) => match number.as_f64().filter(|number| number.abs() > LARGEST) {
            None => Ok(()),
            Some(number) => Err(ReadError::Extreme(path.join("."), number)),
        },
        Value::Array(items) => items.iter().try_for_each(|item| check(item, path)),
        Value::Object(fields) => {
            for (name, field) in fields.iter().filter(|(name, _)| !FREE.contains(&name.as_str())) {
                path.push(name.clone());
                check(field, path)?;
                path.pop();
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}
