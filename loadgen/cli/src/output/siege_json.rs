//! The summary as siege's JSON.

use std::fmt::Write;

use super::quantile::quantiles_json;
use super::summary::LoadSummary;

/// Siege's JSON, with its tabs, then the fields that siege does not have.
pub(crate) fn siege_json(summary: &LoadSummary) -> String {
    let figures = &summary.figures;
    // Not by a serializer: siege's own writes tabs and padded numbers, and scripts read it by
    // lines.
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
    let _ = write!(text, ",\n{}\n}}\n", further_fields(summary));
    text
}

fn further_fields(summary: &LoadSummary) -> String {
    let failures =
        summary.totals.failed.iter().map(|(kind, count)| (kind.to_string(), (*count).into()));
    let schedule = serde_json::to_value(&summary.schedule).unwrap_or_default();
    let latency = quantiles_json(&summary.latency);
    let failures = serde_json::Value::Object(failures.collect());
    format!("\t\"latency\":\t{latency},\n\t\"failures\":\t{failures},\n\t\"schedule\":\t{schedule}")
}
