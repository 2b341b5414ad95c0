//! The windows of loads as a table that spreadsheets and scripts read: a report's, and any other
//! with columns of its own.

use std::borrow::Cow;

use brunt_scenarios::plain_text::printable;
use brunt_scenarios::timeline::{LoadRecord, Window};

use crate::{RenderError, Report, Samples};

/// Latencies of a report's table, in microseconds.
const LATENCIES: [(&str, f64); 5] =
    [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99), ("p99.9_us", 0.999), ("max_us", 1.0)];

/// A window with what its cells are made of.
#[derive(Debug)]
pub struct WindowRow<'a> {
    /// The load that the window is of.
    pub load: &'a LoadRecord,
    /// The counts of the requests that were meant to start in it.
    pub window: &'a Window,
    /// Their latencies, in order.
    pub latency: Samples,
}

/// A column of a table of windows.
pub struct WindowColumn {
    name: Cow<'static, str>,
    cell: Box<dyn Fn(&WindowRow<'_>) -> String>,
}

impl WindowColumn {
    /// A column with a name in the header, and what it has in a window's line.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        cell: impl Fn(&WindowRow<'_>) -> String + 'static,
    ) -> Self {
        Self { name: name.into(), cell: Box::new(cell) }
    }
}

/// A header, and one line for each window of each load, as CSV.
///
/// # Errors
/// [`RenderError::Csv`] when it cannot be written.
pub fn window_table<'a>(
    loads: impl IntoIterator<Item = &'a LoadRecord>,
    columns: &[WindowColumn],
) -> Result<String, RenderError> {
    let mut out = csv::Writer::from_writer(vec![]);
    out.write_record(columns.iter().map(|column| column.name.as_ref()))?;
    for load in loads {
        for window in &load.windows {
            let row = WindowRow { load, window, latency: Samples::of([&window.latency]) };
            out.write_record(columns.iter().map(|column| (column.cell)(&row)))?;
        }
    }
    let bytes = out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One line for each window, with the latencies in microseconds; empty where nothing was answered.
/// Failures are listed by kind: `status 503=20 timeout=2`.
///
/// # Errors
/// [`RenderError::Csv`] when it cannot be written.
pub fn windows_csv(report: &Report) -> Result<String, RenderError> {
    let mut columns = vec![
        WindowColumn::new("load", |row| harmless(&row.load.name)),
        WindowColumn::new("start_s", |row| row.window.start.to_string()),
        WindowColumn::new("length_s", |row| row.load.window.to_string()),
        WindowColumn::new("good", |row| row.window.ok.to_string()),
        WindowColumn::new("failed", |row| row.window.failures().to_string()),
        WindowColumn::new("failures", |row| failures(row.window)),
    ];
    columns.extend(LATENCIES.map(|(name, quantile)| {
        WindowColumn::new(name, move |row| {
            row.latency.quantile(quantile).map_or(String::new(), |micros| micros.to_string())
        })
    }));
    window_table(&report.timeline.loads, &columns)
}

// One column for all kinds: which kinds there are differs from run to run.
fn failures(window: &Window) -> String {
    let kinds = window.failed.iter().filter(|(_, count)| **count > 0);
    kinds.map(|(kind, count)| format!("{kind}={count}")).collect::<Vec<_>>().join(" ")
}

// Makes a name harmless that a spreadsheet would take for a formula (CSV injection), or a terminal
// for a command.
fn harmless(name: &str) -> String {
    let shown = printable(name);
    match name.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{shown}"),
        false => shown,
    }
}
