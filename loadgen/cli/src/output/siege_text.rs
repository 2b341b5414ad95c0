//! The summary as text: siege's twelve lines, byte for byte, then what siege does not measure.

use std::fmt::Write;

use brunt_reports::Exit;

use super::format::{failures, millis, schedule};
use super::quantile::{QUANTILES, estimate};
use super::siege_figures::SiegeFigures;
use super::summary::LoadSummary;

/// Siege's twelve lines, with its tabs and widths: scripts that parse siege's output parse these.
pub(crate) fn siege_lines(figures: &SiegeFigures) -> String {
    format!(
        "Transactions:\t\t{:12} hits\n\
         Availability:\t\t{:12.2} %\n\
         Elapsed time:\t\t{:12.2} secs\n\
         Data transferred:\t{:12.2} MB\n\
         Response time:\t\t{:12.2} secs\n\
         Transaction rate:\t{:12.2} trans/sec\n\
         Throughput:\t\t{:12.2} MB/sec\n\
         Concurrency:\t\t{:12.2}\n\
         Successful transactions:{:12}\n\
         Failed transactions:\t{:12}\n\
         Longest transaction:\t{:12.2}\n\
         Shortest transaction:\t{:12.2}\n \n",
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
    )
}

/// The lines after siege's: quantiles with their intervals, failures by kind, limits, and the
/// generator's own lag.
pub(crate) fn further_lines(summary: &LoadSummary) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_further(&mut text, summary);
    text
}

fn write_further(text: &mut String, summary: &LoadSummary) -> std::fmt::Result {
    if !summary.latency.is_empty() {
        writeln!(text, "Latency in ms, from the intended start (95 % interval):")?;
    }
    for (name, quantile) in QUANTILES {
        let Some(found) = estimate(&summary.latency, quantile) else { continue };
        let high = found.high.map_or("?".to_owned(), millis);
        writeln!(
            text,
            "  {name:<6}{:>12}  ({} .. {high})",
            millis(found.value),
            millis(found.low)
        )?;
    }
    if let Some(longest) = summary.latency.longest() {
        writeln!(text, "  {:<6}{:>12}", "max", millis(longest))?;
    }
    let good = 100.0 * summary.good();
    writeln!(
        text,
        "Good replies (2xx and 3xx): {} of {}, {good:.3} %",
        summary.totals.ok,
        summary.totals.requests()
    )?;
    failures(text, "  ", &summary.totals.failed, &summary.causes)?;
    if summary.totals.left_out > 0 {
        writeln!(
            text,
            "Not fetched: {} links of pages, each beyond the first 1000 of its page",
            summary.totals.left_out
        )?;
    }
    for result in &summary.limit_results {
        let word = result.word();
        writeln!(text, "Claim: {} {word}: {}", result.limit, result.measured)?;
    }
    let in_spite = !summary.limit_results.is_empty() && summary.exit() == Exit::Pass;
    writeln!(text, "{}", schedule(&summary.schedule, &summary.lag, in_spite))
}

#[cfg(test)]
mod tests;
