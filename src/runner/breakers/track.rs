//! Readings of breakers, put together to spans in which nothing changed.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{BreakerSpan, BreakerState, Moment};

/// How many calls had come by when a reading began, and when it was done.
#[derive(Debug, Clone, Copy)]
pub struct CallCounts {
    pub before: u64,
    pub after: u64,
}

/// Each replica's spans so far, and its last reading.
#[derive(Debug, Default)]
pub struct StateTrack {
    readings: u64,
    replicas: BTreeMap<u32, (Vec<BreakerSpan>, CallCounts)>,
}

impl StateTrack {
    /// Takes note of a reading.
    pub fn note(&mut self, replica: u32, at: Moment, state: BreakerState, passed: CallCounts) {
        self.readings += 1;
        let (spans, last) = self.replicas.entry(replica).or_insert_with(|| (vec![], passed));
        match spans.last_mut().filter(|span| span.state == state) {
            Some(span) => {
                // Only what surely came between two readings that say the same came while it was
                // so.
                span.calls += passed.before.saturating_sub(last.after);
                span.to = at;
            }
            None => {
                let before = passed.after.saturating_sub(last.before);
                spans.push(BreakerSpan { replica, state, from: at, to: at, before, calls: 0 });
            }
        }
        *last = passed;
    }

    /// How many readings there were, and all spans, by replica and time.
    pub fn end(self) -> (u64, Vec<BreakerSpan>) {
        (self.readings, self.replicas.into_values().flat_map(|(spans, _)| spans).collect())
    }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::BreakerState::{Closed, Open};

    use super::*;

    #[test]
    fn what_does_not_change_is_one_span() {
        let mut track = StateTrack::default();
        let readings =
            [(Closed, 0, 1), (Closed, 4, 5), (Open, 9, 9), (Open, 9, 9), (Closed, 12, 13)];
        for (place, (state, before, after)) in readings.into_iter().enumerate() {
            track.note(1, Moment(place as f64), state, CallCounts { before, after });
        }
        let (count, spans) = track.end();
        assert_eq!(count, 5);
        let short: Vec<_> = spans
            .iter()
            .map(|span| (span.state, span.from.0, span.to.0, span.before, span.calls))
            .collect();
        assert_eq!(
            short,
            [(Closed, 0.0, 1.0, 1, 3), (Open, 2.0, 3.0, 5, 0), (Closed, 4.0, 4.0, 4, 0)]
        );
    }
}
