//! The windows of all loads as a table that spreadsheets and scripts read.

use brunt_scenarios::timeline::{LoadRecord, Window};

use crate::{RenderError, Report, Samples};

const HEAD: [&str; 11] = [
    "load", "start_s", "length_s", "good", "failed", "failures", "p50_us", "p90_us", "p99_us",
    "p99.9_us", "max_us",
];

/// One line for each window, with the latencies in microseconds; empty where nothing was answered.
/// Failures are listed by kind: `status 503=20 timeout=2`.
///
/// # Errors
/// [`RenderError::Csv`] when it cannot be written.
pub fn windows_csv(report: &Report) -> Result<String, RenderError> {
    let mut out = csv::Writer::from_writer(vec![]);
    out.write_record(HEAD)?;
    for load in &report.timeline.loads {
        for window in &load.windows {
            out.write_record(line(load, window))?;
        }
    }
    let bytes = out.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn line(load: &LoadRecord, window: &Window) -> Vec<String> {
    let samples = Samples::of([&window.latency]);
    let kinds = window.failed.iter().filter(|(_, count)| **count > 0);
    let kinds: Vec<String> = kinds.map(|(kind, count)| format!("{kind}={count}")).collect();
    let mut line = vec![
        harmless(&load.name),
        window.start.to_string(),
        load.window.to_string(),
        window.ok.to_string(),
        window.failures().to_string(),
        kinds.join(" "),
    ];
    let quantiles = [0.5, 0.9, 0.99, 0.999, 1.0].map(|quantile| samples.quantile(quantile));
    line.extend(quantiles.map(|micros| micros.map_or(String::new(), |micros| micros.to_string())));
    line
}

/// Makes a name harmless that a spreadsheet would take for a formula (CSV injection).
fn harmless(name: &str) -> String {
    match name.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{name}"),
        false => name.to_owned(),
    }
}
