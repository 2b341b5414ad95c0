//! Figures in words that several summaries share.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use brunt_scenarios::timeline::{Failure, Schedule, SparseHistogram};

/// Microseconds as milliseconds: `12.345`.
pub(crate) fn millis(micros: u64) -> String {
    format!("{:.3}", micros as f64 / 1e3)
}

/// Failed requests by kind, each with its causes below it.
pub(super) fn failures(
    text: &mut String,
    indent: &str,
    failed: &BTreeMap<Failure, u64>,
    causes: &BTreeMap<(Failure, &'static str), u64>,
) -> fmt::Result {
    for (kind, count) in failed {
        writeln!(text, "{indent}failed, {kind}: {count}")?;
        for ((_, cause), count) in causes.iter().filter(|((of, _), _)| of == kind) {
            writeln!(text, "{indent}  {cause}: {count}")?;
        }
    }
    Ok(())
}

/// Whether the generator kept its schedule, and how late it sent requests. `in_spite` when all
/// limits hold whether or not it did.
pub(super) fn schedule(schedule: &Schedule, lag: &SparseHistogram, in_spite: bool) -> String {
    let lag = lag.quantile(0.999).map_or("-".to_owned(), millis);
    let lag = format!("the generator's own lag: p99.9 {lag} ms");
    match schedule {
        Schedule::Kept => format!("Schedule: kept; {lag}"),
        Schedule::Missed(why) if in_spite => {
            format!("Schedule: missed, and the limits hold in spite of that; {why}; {lag}")
        }
        Schedule::Missed(why) | Schedule::Failed(why) => format!("Schedule: INVALID, {why}; {lag}"),
    }
}
