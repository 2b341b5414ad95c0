//! The summary as siege's JSON.

use std::fmt::Write;

use super::interval::estimate;
use super::summary::Findings;

/// Siege's JSON, with its tabs, then fields of ours in the same object.
pub(super) fn json(result: &Findings) -> String {
    let figures = &result.figures;
    let mut text = format!(
        "{{\t\"transactions\":\t\t\t{:12},\n\
         \t\"availability\":\t\t\t{:12.2},\n\
         \t\"elapsed_time\":\t\t\t{:12.2},\n\
         \t\"data_transferred\":\t\t{:12.2},\n\
         \t\"response_time\":\t\t{:12.2},\n\
         \t\"transaction_rate\":\t\t{:12.2},\n\
         \t\"throughput\":\t\t\t{:12.2},\n\
         \t\"concurrency\":\t\t\t{:12.2},\n\
         \t\"successful_transactions\":\t{:12},\n\
         \t\"failed_transactions\":\t\t{:12},\n\
         \t\"longest_transaction\":\t\t{:12.2},\n\
         \t\"shortest_transaction\":\t\t{:12.2}",
        figures.transactions,
        figures.availability(),
        figures.elapsed,
        figures.megabytes(),
        figures.response_time(),
        figures.rate(),
        figures.throughput(),
        figures.concurrency(),
        figures.successful,
        figures.failed,
        figures.longest,
        figures.shortest
    );
    // Writing to a string cannot fail.
    let _ = write!(text, ",\n{}\n}}\n", ours(result));
    text
}

fn ours(result: &Findings) -> String {
    let quantile =
        |quantile| estimate(&result.latency, quantile).map(|found| found.value as f64 / 1e6);
    let failures =
        result.totals.failed.iter().map(|(kind, count)| (kind.to_string(), (*count).into()));
    let schedule = serde_json::to_value(&result.schedule).unwrap_or_default();
    let latency = serde_json::json!({
        "p50": quantile(0.5), "p75": quantile(0.75), "p90": quantile(0.9), "p99": quantile(0.99), "p99.9": quantile(0.999),
    });
    let failures = serde_json::Value::Object(failures.collect());
    format!("\t\"latency\":\t{latency},\n\t\"failures\":\t{failures},\n\t\"schedule\":\t{schedule}")
}
