//! Order statistics of merged windows.

use brunt_reports::Samples;
use brunt_scenarios::timeline::SparseHistogram;
use proptest::prelude::*;

#[test]
fn no_sample_has_no_quantile() {
    let none = Samples::of(&[SparseHistogram::default(), SparseHistogram::from(vec![(5, 0)])]);
    assert!(none.is_empty());
    assert_eq!((none.len(), none.quantile(0.5), none.within(100)), (0, None, 0));
}

proptest! {
    #[test]
    fn windows_merge_to_the_sorted_whole(
        windows in prop::collection::vec(prop::collection::vec((1..1_000_u64, 1..4_u64), 0..8), 0..6),
        limit in 0..1_100_u64,
        quantile in 0.0..=1.0_f64,
    ) {
        let counts: Vec<SparseHistogram> = windows.iter().cloned().map(SparseHistogram::from).collect();
        let samples = Samples::of(&counts);
        let each = windows.iter().flatten().flat_map(|(value, n)| std::iter::repeat_n(*value, *n as usize));
        let mut sorted: Vec<u64> = each.collect();
        sorted.sort_unstable();
        prop_assert_eq!(samples.len(), sorted.len() as u64);
        prop_assert_eq!(samples.within(limit), sorted.iter().filter(|value| **value <= limit).count() as u64);
        let rank = ((quantile * sorted.len() as f64 - 5e-7).ceil() as usize).max(1);
        prop_assert_eq!(samples.quantile(quantile), sorted.get(rank - 1).copied());
        prop_assert_eq!(samples.at(sorted.len() as u64 + 1), None);
    }
}
