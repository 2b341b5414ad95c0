//! When arrivals are due: a pure function of the ramps.

use std::time::Duration;

use brunt_scenarios::plan::Ramp;

/// The moments of all arrivals, as a function of their numbers. Nothing is stored for an arrival,
/// so hours of them cost no memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Timetable {
    legs: Vec<Leg>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Leg {
    /// Seconds after the start.
    start: f64,
    /// Arrivals that are expected before it.
    before: f64,
    from: f64,
    to: f64,
    lasts: f64,
}

impl Leg {
    fn rate_change(&self) -> f64 {
        (self.to - self.from) / self.lasts
    }

    /// Arrivals expected in its first `time` seconds.
    fn expected(&self, time: f64) -> f64 {
        time * (self.from + self.rate_change() * time / 2.0)
    }

    fn whole(&self) -> f64 {
        (self.from + self.to) / 2.0 * self.lasts
    }

    /// Seconds until this many arrivals are expected. Written without a difference of nearly equal
    /// numbers, and good for a constant rate as well.
    fn time_of(&self, arrivals: f64) -> f64 {
        let root = (self.from * self.from + 2.0 * arrivals * self.rate_change()).max(0.0).sqrt();
        2.0 * arrivals / (self.from + root)
    }
}

impl Timetable {
    /// The arrivals of ramps that follow one another.
    ///
    /// ```
    /// use brunt_loadgen::Timetable;
    /// use brunt_scenarios::plan::Ramp;
    /// use std::time::Duration;
    ///
    /// let steady = Ramp { from: 4.0, to: 4.0, lasts: Duration::from_secs(1) };
    /// let table = Timetable::new(&[steady]);
    /// let due: Vec<_> = (0..).map_while(|n| table.at(n)).map(|due| due.as_millis()).collect();
    /// assert_eq!(due, [0, 250, 500, 750]);
    /// ```
    pub fn new(ramps: &[Ramp]) -> Self {
        let (mut start, mut before) = (0.0, 0.0);
        let mut legs = Vec::with_capacity(ramps.len());
        for ramp in ramps.iter().filter(|ramp| !ramp.lasts.is_zero()) {
            let leg = Leg {
                start,
                before,
                from: ramp.from.max(0.0),
                to: ramp.to.max(0.0),
                lasts: ramp.lasts.as_secs_f64(),
            };
            start += leg.lasts;
            before += leg.whole();
            legs.push(leg);
        }
        Self { legs }
    }

    /// When an arrival is due, counted from 0; `None` when there are not so many.
    pub fn at(&self, number: u64) -> Option<Duration> {
        let number = number as f64;
        // Sums of decimal fractions come out a little too large, which must not add an arrival.
        let slack = 1e-9 * (1.0 + number);
        let next = self.legs.partition_point(|leg| leg.before + leg.whole() - slack <= number);
        let leg = self.legs.get(next)?;
        let into = leg.time_of((number - leg.before).max(0.0));
        let into = if into.is_finite() { into.min(leg.lasts) } else { 0.0 };
        Duration::try_from_secs_f64(leg.start + into).ok()
    }

    /// How many arrivals are due up to a time.
    pub fn due(&self, time: Duration) -> u64 {
        let time = time.as_secs_f64();
        let next = self.legs.partition_point(|leg| leg.start <= time);
        let Some(leg) = next.checked_sub(1).and_then(|last| self.legs.get(last)) else {
            return 0;
        };
        let expected = leg.before + leg.expected((time - leg.start).min(leg.lasts));
        // The first is due at once, so one more than were expected; but not in a pause, or after
        // the end.
        let due = expected.floor() as u64 + 1;
        let is_due = self.at(due - 1).is_some_and(|last| last.as_secs_f64() <= time);
        if is_due { due } else { due - 1 }
    }
}

#[cfg(test)]
mod tests;
