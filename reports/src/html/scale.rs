//! From values to heights.

/// How a row's values become heights.
#[derive(Debug, Clone, Copy)]
pub enum Scale {
    /// From zero to this.
    Linear(f64),
    /// From the first to the second, each power of ten as high as the next.
    Log(f64, f64),
}

/// A line across a row.
pub struct Rule {
    /// Its height, in percent.
    pub at: f64,
    pub label: String,
}

impl Scale {
    /// From zero to a round number that is not less than any value.
    pub fn linear(most: f64) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        let power = 10_f64.powf(most.log10().floor());
        let round = [1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
            .into_iter()
            .find(|round| round * power >= most * 0.999);
        Self::Linear(round.unwrap_or(10.0) * power)
    }

    /// Logarithmic if the values are far apart, so that the small ones can be told
    /// from one another.
    pub fn fit(least: f64, most: f64) -> Self {
        if least <= 0.0 || most / least < 20.0 {
            return Self::linear(most);
        }
        let (low, high) = (least.log10(), most.log10());
        let half = |value: f64, round: fn(f64) -> f64| 10_f64.powf(round(value * 2.0) / 2.0);
        Self::Log(half(low, f64::floor), half(high, f64::ceil))
    }

    /// The values of a logarithmic scale that are a power of ten times one of these.
    fn round(&self, digits: &[f64]) -> Vec<f64> {
        let Self::Log(least, most) = self else { return vec![] };
        let powers = least.log10().floor() as i32..=most.log10().floor() as i32;
        let values =
            powers.flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)));
        values.filter(|value| (least..=most).contains(&value) && self.at(*value) > 2.0).collect()
    }

    /// The height of a value, in percent.
    pub fn at(&self, value: f64) -> f64 {
        let share = match self {
            Self::Linear(most) => value / most,
            Self::Log(least, most) => (value.max(*least) / least).log10() / (most / least).log10(),
        };
        (share.clamp(0.0, 1.0) * 1000.0).round() / 10.0
    }

    /// The height of a value from the top of a drawing a hundred high.
    pub fn y(&self, value: f64) -> f64 {
        ((100.0 - self.at(value)) * 10.0).round() / 10.0
    }

    /// Lines at round values.
    pub fn rules(&self, label: impl Fn(f64) -> String) -> Vec<Rule> {
        let values: Vec<f64> = match self {
            Self::Linear(most) => vec![most / 2.0, *most],
            Self::Log(..) => {
                let powers = self.round(&[1.0]);
                if powers.len() > 1 { powers } else { self.round(&[1.0, 2.0, 5.0]) }
            }
        };
        let rule = |value: f64| Rule { at: self.at(value), label: label(value) };
        values.into_iter().map(rule).collect()
    }
}
