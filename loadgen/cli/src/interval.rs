//! How far a quantile can be trusted.

use brunt_scenarios::timeline::SparseHistogram;

/// A quantile's value and its 95 % interval, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Estimate {
    pub value: u64,
    pub low: u64,
    /// `None` when there are too few values to say.
    pub high: Option<u64>,
}

/// Estimates a quantile (0 to 1) by order statistics: how many of n values lie below it is
/// binomial, here by the normal approximation. Nothing is assumed of the values themselves.
pub(super) fn estimate(counts: &SparseHistogram, quantile: f64) -> Option<Estimate> {
    let all = counts.len() as f64;
    let spread = 1.96 * (all * quantile * (1.0 - quantile)).sqrt();
    let rank = |rank: f64| rank.max(1.0) as u64;
    Some(Estimate {
        value: at_rank(counts, rank((all * quantile).ceil()))?,
        low: at_rank(counts, rank((all * quantile - spread).floor()))?,
        high: at_rank(counts, rank((all * quantile + spread).ceil() + 1.0)),
    })
}

/// The n-th smallest value.
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
        assert_eq!(median, Estimate { value: 500, low: 469, high: Some(532) });
        let late = estimate(&counts, 0.999).unwrap();
        assert_eq!(late, Estimate { value: 999, low: 997, high: None });
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(estimate(&SparseHistogram::default(), 0.5), None);
    }
}
