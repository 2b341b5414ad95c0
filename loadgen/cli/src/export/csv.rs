//! CSV: a line for each window, by the renderer that reports have for their table of windows.

use std::collections::BTreeSet;

use brunt_reports::WindowColumn;
use brunt_scenarios::timeline::{Failure, LoadRecord};

use crate::error::ExportError;

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
pub(super) fn csv(record: &LoadRecord) -> Result<String, ExportError> {
    // A column for each of the 500 statuses there could be would be unreadable.
    let occurred = record.windows.iter().flat_map(|window| window.failed.keys().copied());
    let kinds: BTreeSet<Failure> = ALWAYS.into_iter().chain(occurred).collect();
    let mut columns = vec![
        WindowColumn::new("start", |row| format!("{:.3}", row.window.start)),
        WindowColumn::new("ok", |row| row.window.ok.to_string()),
    ];
    columns.extend(kinds.into_iter().map(|kind| {
        let name = format!("failed_{kind}").replace(' ', "_");
        WindowColumn::new(name, move |row| {
            row.window.failed.get(&kind).copied().unwrap_or_default().to_string()
        })
    }));
    columns.extend(QUANTILES.map(|(name, quantile)| {
        WindowColumn::new(name, move |row| {
            let value = row.latency.quantile(quantile);
            value.map_or(String::new(), |micros| format!("{:.6}", micros as f64 / 1e6))
        })
    }));
    Ok(brunt_reports::window_table([record], &columns)?)
}
