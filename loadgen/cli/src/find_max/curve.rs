//! Latency by rate, in text and JSON.

use std::fmt::Write;

use brunt_scenarios::timeline::SparseHistogram;
use serde_json::json;

use super::search::HighestRate;
use crate::limits::LoadLimits;
use crate::output::{RateSearchResult, RateStep};

/// How wide the longest bar is, in characters.
const WIDE: f64 = 40.0;

/// A step in a line, as it ends.
pub(crate) fn line(step: &RateStep, slo: &LoadLimits) -> String {
    let (name, quantile) = shown(slo);
    format!(
        "{:>10}  p50 {:>11}  {name} {:>11}  errors {:>7.3} %  {}",
        rate(step.rate),
        millis(&step.latency, 0.5),
        millis(&step.latency, quantile),
        100.0 * step.errors,
        word(step.holds)
    )
}

/// All rates from the lowest to the highest, with bars; the steps of a rate are taken together.
pub(crate) fn text(steps: &[RateStep], slo: &LoadLimits) -> String {
    let (name, quantile) = shown(slo);
    let mut rates: Vec<f64> = steps.iter().map(|step| step.rate).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let of = |rate: &f64| steps.iter().filter(|step| step.rate == *rate).collect::<Vec<_>>();
    let rows: Vec<_> = rates
        .iter()
        .map(|rate| {
            let steps = of(rate);
            let latency = SparseHistogram::of(&SparseHistogram::merge(
                steps.iter().map(|step| &step.latency),
            ));
            let words: Vec<_> = steps.iter().map(|step| word(step.holds)).collect();
            (*rate, latency, words.join(", "))
        })
        .collect();
    let values = || {
        rows.iter()
            .filter_map(|(_, latency, _)| latency.quantile(quantile))
            .map(|value| value as f64)
    };
    let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(0.0, f64::max));
    let mut text = format!("{name} by rate, logarithmic:\n");
    for (at, latency, words) in &rows {
        let value = latency.quantile(quantile).map_or(least, |value| value as f64);
        // Logarithmic, as latency grows by powers of ten where a server is full.
        let share = if most > least { (value / least).ln() / (most / least).ln() } else { 0.0 };
        let bar = "█".repeat(1 + (share * (WIDE - 1.0)) as usize);
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{:>10} {:>11}  {bar} {words}", rate(*at), millis(latency, quantile));
    }
    text
}

/// What was found, and all steps.
pub(crate) fn json(result: &RateSearchResult, found: Option<HighestRate>) -> String {
    let (holds, breaks) = match found {
        Some(HighestRate::Between { holds, breaks }) => (Some(holds), Some(breaks)),
        Some(HighestRate::GeneratorLimit { holds, .. }) => (holds, None),
        Some(HighestRate::NotEven(breaks)) => (None, Some(breaks)),
        None => (None, None),
    };
    let seconds =
        |step: &RateStep, quantile| step.latency.quantile(quantile).map(|value| value as f64 / 1e6);
    let steps = result.steps.iter().map(|step| {
        json!({
            "rate": step.rate, "holds": step.holds, "errors": step.errors,
            "p50": seconds(step, 0.5), "p90": seconds(step, 0.9), "p99": seconds(step, 0.99),
        })
    });
    let steps: Vec<_> = steps.collect();
    let generator = matches!(found, Some(HighestRate::GeneratorLimit { .. }));
    let all = json!({
        "slo": result.slo, "holds": holds, "breaks": breaks, "generator_is_the_limit": generator,
        "conclusion": result.conclusion, "steps": steps,
    });
    format!("{all:#}\n")
}

/// A rate as it is written.
pub(crate) fn rate(rate: f64) -> String {
    let digits = if rate < 100.0 { (2.0 - rate.log10().floor()) as usize } else { 0 };
    let text = format!("{rate:.digits$}");
    let text = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}/s")
}

/// The quantile that is shown: the first of the limits.
fn shown(slo: &LoadLimits) -> (&str, f64) {
    slo.latency.first().map_or(("p99", 0.99), |(quantile, name, _)| (name, *quantile))
}

fn word(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "holds",
        Some(false) => "breaks",
        None => "INVALID",
    }
}

fn millis(latency: &SparseHistogram, quantile: f64) -> String {
    latency
        .quantile(quantile)
        .map_or("-".to_owned(), |value| format!("{:.3} ms", value as f64 / 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(rate: f64, micros: u64, holds: Option<bool>) -> RateStep {
        RateStep { rate, latency: SparseHistogram::from(vec![(micros, 100)]), errors: 0.0, holds }
    }

    #[test]
    fn a_curve_has_a_row_for_each_rate() {
        let slo: LoadLimits = "p90=20ms,errors=1%".parse().unwrap();
        let steps = [
            step(100.0, 1_000, Some(true)),
            step(800.0, 90_000, Some(false)),
            step(400.0, 9_000, Some(true)),
            step(400.0, 10_000, Some(false)),
            step(12.5, 900, None),
        ];
        insta::assert_snapshot!(format!("{}\n{}", line(&steps[1], &slo), text(&steps, &slo)));
        assert!(text(&[], &slo).lines().count() == 1, "nothing is drawn of nothing");
    }
}
