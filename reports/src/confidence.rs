//! What a count of good and bad requests says about the share behind it.
//!
//! Bounds are Clopper and Pearson's (Biometrika 26, 1934): exact, so that they hold at least as
//! often as they claim. Intervals of quantiles come from order statistics (David and Nagaraja,
//! Order Statistics, 3rd edition, 7.1).

use statrs::function::{beta::beta_reg, erf::erfc};

/// The confidence of every bound.
pub const CONFIDENCE: f64 = 0.95;

// With more good and more bad requests than this, the binomial is taken as normal; the error of a
// bound is then less than a hundredth of its distance to the measured share, and the continued
// fraction of the beta function no longer converges.
const MANY: u64 = 100_000;

/// The lower bound of the share behind `good` out of `of`, at 95 % confidence (one-sided).
pub fn at_least(good: u64, of: u64) -> f64 {
    if good == 0 {
        return 0.0;
    }
    root(|share| reaches(good, of, share) - (1.0 - CONFIDENCE))
}

/// The upper bound of the share behind `good` out of `of`, at 95 % confidence (one-sided).
pub fn at_most(good: u64, of: u64) -> f64 {
    if good >= of {
        return 1.0;
    }
    root(|share| reaches(good + 1, of, share) - CONFIDENCE)
}

/// The smallest number of requests that supports a share at 95 % confidence if `bad` of them are
/// bad; `None` if no number does, as for 100 %, or if it is above 2^59.
pub fn needed(share: f64, bad: u64) -> Option<u64> {
    if share >= 1.0 {
        return None;
    }
    let enough = |of: u64| of > bad && supports(of - bad, of, share);
    let most = (0..60).map(|power| 1_u64 << power).find(|of| enough(*of))?;
    let (mut low, mut high) = (0, most);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// Whether `good` out of `of` support a share at 95 % confidence, which is whether the lower
/// bound reaches it.
pub fn supports(good: u64, of: u64, share: f64) -> bool {
    good > 0 && reaches(good, of, share) <= 1.0 - CONFIDENCE
}

/// Whether `good` out of `of` rule a share out at 95 % confidence, which is whether the upper bound
/// is below it.
pub fn rules_out(good: u64, of: u64, share: f64) -> bool {
    good < of && reaches(good + 1, of, share) > CONFIDENCE
}

/// The ranks, counted from 1, between which a quantile lies at 95 % confidence (two-sided): the
/// lower one, if the sample is large enough to have one, and the upper one, likewise.
pub fn ranks(quantile: f64, of: u64) -> (Option<u64>, Option<u64>) {
    let each = (1.0 + CONFIDENCE) / 2.0;
    let lower = last(of, |rank| reaches(rank, of, quantile) >= each);
    let beyond = last(of, |rank| reaches(rank, of, quantile) > 1.0 - each).unwrap_or(0);
    (lower, (beyond < of).then_some(beyond + 1))
}

/// The last of 1..=most that a falling condition holds for.
fn last(most: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, most + 1);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low > 0).then_some(low)
}

/// The probability of at least `good` out of `of` if the share behind them is this.
fn reaches(good: u64, of: u64, share: f64) -> f64 {
    let (good, bad, of) = (good as f64, (of - good) as f64, of as f64);
    if good.min(bad) <= MANY as f64 {
        return beta_reg(good, bad + 1.0, share);
    }
    let spread = (of * share * (1.0 - share)).sqrt().max(f64::MIN_POSITIVE);
    // Half a request less, since counts are whole and the normal distribution is not.
    erfc((good - 0.5 - of * share) / spread / std::f64::consts::SQRT_2) / 2.0
}

/// Where a rising function of a share crosses zero.
fn root(rising: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // What is left after as many halvings is below 1e-19, far less than what is printed.
    for _ in 0..64 {
        let middle = low.midpoint(high);
        if rising(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low.midpoint(high)
}
