//! Quantities as people write them.

use std::time::Duration;

use brunt_scenarios::timeline::{SparseHistogram, histogram};
use brunt_scenarios::units::{Percent, Period, Rate, Spread};
use proptest::prelude::*;

#[test]
fn durations_have_units() {
    let millis = |text: &str| text.parse::<Period>().map(|period| period.0.as_millis()).ok();
    assert_eq!(millis("250ms"), Some(250));
    assert_eq!(millis("1m30s"), Some(90_000));
    assert_eq!(millis("1.5h"), Some(5_400_000));
    assert_eq!(["", "5", "s", "5 s", "-5s", "5x", "1..2s"].map(millis), [None; 7]);
}

#[test]
fn shares_and_rates_have_bounds() {
    assert!((("99.9%".parse::<Percent>().unwrap()).fraction() - 0.999).abs() < 1e-12);
    assert!(["101%", "-1%", "50", "%"].iter().all(|text| text.parse::<Percent>().is_err()));
    assert!(("120/m".parse::<Rate>().unwrap().per_second() - 2.0).abs() < 1e-12);
    assert!(["5", "5/d", "-1/s", "inf/s"].iter().all(|text| text.parse::<Rate>().is_err()));
    assert!("2s..1s".parse::<Spread>().is_err());
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(millis in 1u64..1_000_000) {
        let period = Period(Duration::from_millis(millis));
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
    }

    #[test]
    fn nothing_makes_the_readers_panic(text in "\\PC*") {
        let _ = (text.parse::<Period>(), text.parse::<Percent>(), text.parse::<Rate>(), text.parse::<Spread>());
    }

    #[test]
    fn counts_keep_what_histograms_count(values in proptest::collection::vec(1u64..10_000_000, 1..200)) {
        let mut whole = histogram();
        values.iter().for_each(|value| whole.saturating_record(*value));
        let counts = SparseHistogram::of(&whole);
        prop_assert_eq!(counts.len(), values.len() as u64);
        let (kept, exact) = (counts.quantile(0.9).unwrap() as f64, whole.value_at_quantile(0.9) as f64);
        prop_assert!((kept - exact).abs() <= exact * 0.002);
    }
}
