//! CSV: a line a window.

use std::collections::BTreeSet;
use std::fmt::Write;

use brunt_scenarios::timeline::{Failure, LoadRecord, Window};

use crate::interval::estimate;

const QUANTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];
/// Kinds with a column in every file, so that files of several loads have it in common. Statuses
/// have one when they occurred.
const ALWAYS: [Failure; 8] = [
    Failure::Dns,
    Failure::Connect,
    Failure::Tls,
    Failure::Timeout,
    Failure::Reset,
    Failure::Protocol,
    Failure::Check,
    Failure::Unfinished,
];

/// A header and a line for each window. Times are in seconds; a quantile of no values
/// is left empty.
pub(super) fn csv(record: &LoadRecord) -> String {
    let occurred = record.windows.iter().flat_map(|window| window.failed.keys().copied());
    let kinds: BTreeSet<Failure> = ALWAYS.into_iter().chain(occurred).collect();
    let failed = kinds.iter().map(|kind| format!("failed_{kind}").replace(' ', "_"));
    let columns = ["start".to_owned(), "ok".to_owned()].into_iter().chain(failed);
    let columns = columns.chain(QUANTILES.map(|(name, _)| name.to_owned()));
    let mut text = columns.collect::<Vec<_>>().join(",");
    text.push('\n');
    for window in &record.windows {
        // Writing to a string cannot fail.
        let _ = line(&mut text, window, &kinds);
    }
    text
}

fn line(text: &mut String, window: &Window, kinds: &BTreeSet<Failure>) -> std::fmt::Result {
    write!(text, "{:.3},{}", window.start, window.ok)?;
    for kind in kinds {
        write!(text, ",{}", window.failed.get(kind).copied().unwrap_or_default())?;
    }
    for (_, quantile) in QUANTILES {
        match estimate(&window.latency, quantile) {
            Some(found) => write!(text, ",{:.6}", found.value as f64 / 1e6)?,
            None => text.push(','),
        }
    }
    text.push('\n');
    Ok(())
}
