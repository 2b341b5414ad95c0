//! Quantiles, and how far they can be trusted.

use brunt_scenarios::timeline::SparseHistogram;
use serde_json::Value;

/// The quantiles that summaries and exports have, by name.
pub(crate) const QUANTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

/// A quantile's value and its 95 % interval, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QuantileEstimate {
    pub value: u64,
    pub low: u64,
    /// `None` when there are too few values to say.
    pub high: Option<u64>,
}

/// Estimates a quantile (0 to 1) by order statistics: how many of n values lie below it is
/// binomial, here by the normal approximation. Nothing is assumed of the values themselves.
pub(crate) fn estimate(counts: &SparseHistogram, quantile: f64) -> Option<QuantileEstimate> {
    // 1.96 standard deviations on each side hold 95 % of a normal distribution.
    let all = counts.len() as f64;
    let spread = 1.96 * (all * quantile * (1.0 - quantile)).sqrt();
    let rank = |rank: f64| rank.max(1.0) as u64;
    Some(QuantileEstimate {
        value: at_rank(counts, rank((all * quantile).ceil()))?,
        low: at_rank(counts, rank((all * quantile - spread).floor()))?,
        high: at_rank(counts, rank((all * quantile + spread).ceil() + 1.0)),
    })
}

/// All quantiles as a JSON object, in seconds; `null` where nothing was counted.
pub(crate) fn quantiles_json(counts: &SparseHistogram) -> Value {
    let seconds = |quantile| estimate(counts, quantile).map(|found| found.value as f64 / 1e6);
    let all = QUANTILES.map(|(name, quantile)| (name.to_owned(), seconds(quantile).into()));
    Value::Object(all.into_iter().collect())
}

/// The n-th smallest value, counted from 1.
fn at_rank(counts: &SparseHistogram, rank: u64) -> Option<u64> {
    let mut before = 0;
    let mut reached = counts.iter().skip_while(|(_, count)| {
        before += count;
        before < rank
    });
    reached.next().map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_come_from_the_binomial_distribution() {
        let counts = SparseHistogram::from((1..=1000).map(|value| (value, 1)).collect::<Vec<_>>());
        let median = estimate(&counts, 0.5).unwrap();
        assert_eq!(median, QuantileEstimate { value: 500, low: 469, high: Some(532) });
        let late = estimate(&counts, 0.999).unwrap();
        assert_eq!(late, QuantileEstimate { value: 999, low: 997, high: None });
    }

    #[test]
    fn an_empty_histogram_has_no_quantile() {
        assert_eq!(estimate(&SparseHistogram::default(), 0.5), None);
    }
}
