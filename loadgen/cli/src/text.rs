//! The summary as text: siege's twelve lines, byte for byte, then ours.

use std::fmt::Write;

use brunt_scenarios::timeline::Schedule;

use super::Figures;
use super::interval::estimate;
use super::summary::Findings;

const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

/// Siege's lines.
pub(super) fn siege(figures: &Figures) -> String {
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

/// Our lines: quantiles with their intervals, failures by kind, the generator's own lag.
pub(super) fn ours(result: &Findings) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_ours(&mut text, result);
    text
}

fn write_ours(text: &mut String, result: &Findings) -> std::fmt::Result {
    if !result.latency.is_empty() {
        writeln!(text, "Latency in ms, from the intended start (95 % interval):")?;
    }
    for (name, quantile) in QUANTILES {
        let Some(found) = estimate(&result.latency, quantile) else { continue };
        let high = found.high.map_or("?".to_owned(), millis);
        writeln!(
            text,
            "  {name:<6}{:>12}  ({} .. {high})",
            millis(found.value),
            millis(found.low)
        )?;
    }
    if let Some(longest) = result.latency.longest() {
        writeln!(text, "  {:<6}{:>12}", "max", millis(longest))?;
    }
    let good = 100.0 * result.good();
    writeln!(
        text,
        "Good replies (2xx and 3xx): {} of {}, {good:.3} %",
        result.totals.ok,
        result.totals.requests()
    )?;
    for (kind, count) in &result.totals.failed {
        writeln!(text, "  failed, {kind}: {count}")?;
        for ((_, cause), count) in result.causes.iter().filter(|((of, _), _)| of == kind) {
            writeln!(text, "    {cause}: {count}")?;
        }
    }
    for claim in result.claimed() {
        let word = if claim.holds { "holds" } else { "DOES NOT HOLD" };
        writeln!(text, "Claim: {} {word}: {}", claim.claim, claim.measured)?;
    }
    match &result.schedule {
        Schedule::Kept => writeln!(text, "Schedule: kept; {}", lag(result)),
        Schedule::Missed(why) => writeln!(text, "Schedule: INVALID, {why}; {}", lag(result)),
    }
}

fn lag(result: &Findings) -> String {
    let lag = result.lag.quantile(0.999).map_or("-".to_owned(), millis);
    format!("the generator's own lag: p99.9 {lag} ms")
}

fn millis(micros: u64) -> String {
    format!("{:.3}", micros as f64 / 1e3)
}

#[cfg(test)]
mod tests;
