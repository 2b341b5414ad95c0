//! The search: rates are doubled until one breaks, then what lies between is halved.
//!
//! A step says little by itself: a rate near the limit breaks now and holds then. One step that
//! holds is believed for as long as nothing speaks against it; one that breaks is made again, and
//! two of three decide. At the end the lower bound must have held twice. A rate at which the
//! generator missed its schedule twice ends the search, whatever the server did there.

/// The lowest rate that is tried, in requests per second.
const LEAST: f64 = 1.0;
/// The highest rate that is tried, in requests per second. Where it holds, the generator is taken
/// to be the limit.
const GREATEST: f64 = 10_000_000.0;
/// The search ends when the upper bound is at most this many times the lower.
const NEAR: f64 = 1.05;
/// The search ends after this many steps, whatever is known by then.
const MOST: usize = 60;

/// What a step says of its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RateStepResult {
    /// All limits held.
    Held,
    /// A limit did not hold.
    Broke,
    /// The generator missed its schedule: nothing is known of the server.
    ScheduleMissed,
}

/// What the search wants next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NextStep {
    /// Try this rate.
    Try(f64),
    /// Nothing more: this is what was found.
    Done(HighestRate),
}

/// What a search found; rates are requests per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum HighestRate {
    /// The highest rate that holds lies between these.
    Between { holds: f64, breaks: f64 },
    /// Even this one, the lowest that was tried, breaks.
    NotEven(f64),
    /// The generator cannot keep a schedule of this rate; the server holds at least `holds`.
    GeneratorLimit { holds: Option<f64>, at: f64 },
}

/// What is known of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RateState {
    Holds,
    Breaks,
    ScheduleMissed,
    /// Another step is needed.
    Open,
}

/// The rates that were tried, in order.
#[derive(Debug)]
pub(crate) struct RateSearch {
    first: f64,
    steps: Vec<(f64, RateStepResult)>,
}

impl RateSearch {
    /// A search that begins with this rate.
    pub fn new(first: f64) -> Self {
        Self { first: first.clamp(LEAST, GREATEST), steps: Vec::new() }
    }

    /// Takes what was measured at a rate.
    pub fn record(&mut self, rate: f64, result: RateStepResult) {
        self.steps.push((rate, result));
    }

    /// What to do next.
    pub fn next(&self) -> NextStep {
        let Some((last, _)) = self.steps.last() else { return NextStep::Try(self.first) };
        let (low, high) = self.bounds();
        if let Some(at) = self.rates(RateState::ScheduleMissed).reduce(f64::min) {
            return NextStep::Done(HighestRate::GeneratorLimit { holds: low, at });
        }
        if self.known(*last) == RateState::Open && self.steps.len() < MOST {
            return NextStep::Try(*last);
        }
        match (low, high) {
            (Some(low), None) if low >= GREATEST => {
                NextStep::Done(HighestRate::GeneratorLimit { holds: Some(low), at: low })
            }
            (Some(low), None) => NextStep::Try((low * 2.0).min(GREATEST)),
            (None, Some(high)) if high <= LEAST => NextStep::Done(HighestRate::NotEven(high)),
            (None, Some(high)) => NextStep::Try((high / 4.0).max(LEAST)),
            (Some(low), Some(high)) => self.between(low, high),
            // Only open rates are left, and no more steps: nothing is known to hold.
            (None, None) => NextStep::Done(HighestRate::NotEven(*last)),
        }
    }

    fn between(&self, low: f64, high: f64) -> NextStep {
        let middle = rounded((low * high).sqrt());
        let near = high / low <= NEAR || middle <= low || middle >= high;
        if self.steps.len() >= MOST {
            NextStep::Done(HighestRate::Between { holds: low, breaks: high })
        } else if !near {
            NextStep::Try(middle)
        } else if self.count(low, RateStepResult::Held) < 2 {
            NextStep::Try(low)
        } else {
            NextStep::Done(HighestRate::Between { holds: low, breaks: high })
        }
    }

    /// The highest rate that holds below all that break, and the lowest that breaks.
    fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let high = self.rates(RateState::Breaks).reduce(f64::min);
        let below = |rate: &f64| high.is_none_or(|high| *rate < high);
        (self.rates(RateState::Holds).filter(below).reduce(f64::max), high)
    }

    fn rates(&self, known: RateState) -> impl Iterator<Item = f64> {
        let rates = self.steps.iter().map(|(rate, _)| *rate);
        rates.filter(move |rate| self.known(*rate) == known)
    }

    fn known(&self, rate: f64) -> RateState {
        let of = |result| self.count(rate, result);
        match (
            of(RateStepResult::Held),
            of(RateStepResult::Broke),
            of(RateStepResult::ScheduleMissed),
        ) {
            (_, _, unfit) if unfit >= 2 => RateState::ScheduleMissed,
            (_, broke, _) if broke >= 2 => RateState::Breaks,
            (held, broke, _) if held >= 2 || held == 1 && broke == 0 => RateState::Holds,
            _ => RateState::Open,
        }
    }

    fn count(&self, rate: f64, result: RateStepResult) -> usize {
        self.steps.iter().filter(|step| **step == (rate, result)).count()
    }
}

/// A rate at three significant digits, which is as many as steps can tell apart.
fn rounded(rate: f64) -> f64 {
    let power = 10_f64.powf(rate.log10().floor() - 2.0);
    (rate / power).round() * power
}

#[cfg(test)]
mod tests;
