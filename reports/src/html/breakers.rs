//! A lane per circuit breaker that was watched: the state of each replica's over time.

use brunt_scenarios::timeline::{BreakerRecord, BreakerSpan, BreakerState, Moment};

use super::clock::Clock;
use crate::format;

/// A circuit breaker of one edge, in all replicas of the caller.
pub struct BreakerLane {
    pub name: String,
    /// One for each replica of the caller.
    pub strips: Vec<Vec<Stretch>>,
}

/// A time in one state, in percent of the width.
pub struct Stretch {
    pub from: f64,
    pub wide: f64,
    pub class: &'static str,
    pub title: String,
}

pub fn all(clock: &Clock, records: &[BreakerRecord]) -> Vec<BreakerLane> {
    records
        .iter()
        .filter(|record| !record.spans.is_empty())
        .map(|record| lane(clock, record))
        .collect()
}

fn lane(clock: &Clock, record: &BreakerRecord) -> BreakerLane {
    BreakerLane {
        name: format!("{} \u{2192} {}", record.caller, record.callee),
        strips: record.by_replica().into_values().map(|spans| strip(clock, &spans)).collect(),
    }
}

/// A state holds until another is read.
fn strip(clock: &Clock, spans: &[&BreakerSpan]) -> Vec<Stretch> {
    let ends = spans.iter().skip(1).map(|span| span.from).chain(spans.last().map(|span| span.to));
    let stretch = |(span, end): (&&BreakerSpan, Moment)| {
        let (from, wide) = clock.stretch(span.from.0, end.0);
        Stretch {
            from,
            wide,
            class: class(span.state),
            title: format!(
                "{} from {} to {}",
                span.state,
                format::moment(span.from.0),
                format::moment(end.0)
            ),
        }
    };
    spans.iter().zip(ends).map(stretch).collect()
}

fn class(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::Open => "open",
        BreakerState::HalfOpen => "half",
        BreakerState::Off => "off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_drawn_until_the_next_one() {
        let span = |replica, state, from, to| BreakerSpan {
            replica,
            state,
            from: Moment(from),
            to: Moment(to),
            before: 0,
            calls: 0,
        };
        let spans = vec![
            span(1, BreakerState::Closed, 0.0, 3.9),
            span(1, BreakerState::Open, 4.0, 5.9),
            span(1, BreakerState::HalfOpen, 6.0, 10.0),
            span(2, BreakerState::Closed, 0.0, 10.0),
        ];
        let (caller, callee) = ("order".to_owned(), "payment".to_owned());
        let silent = BreakerRecord {
            check: brunt_scenarios::timeline::CheckId(0),
            caller,
            callee,
            spans: vec![],
            readings: 0,
            trouble: None,
        };
        let record = BreakerRecord { spans, ..silent.clone() };
        let clock = Clock { start: 0.0, end: 10.0, known: 10.0 };
        let lanes = all(&clock, &[silent, record]);
        assert_eq!((lanes.len(), lanes[0].name.as_str()), (1, "order \u{2192} payment"));
        let drawn: Vec<Vec<(&str, f64, f64)>> = lanes[0]
            .strips
            .iter()
            .map(|strip| strip.iter().map(|one| (one.class, one.from, one.wide)).collect())
            .collect();
        assert_eq!(drawn[0], [("closed", 0.0, 40.0), ("open", 40.0, 20.0), ("half", 60.0, 40.0)]);
        assert_eq!(drawn[1], [("closed", 0.0, 100.0)]);
        assert_eq!(
            lanes[0].strips[0][1].title,
            format!("open from {} to {}", format::moment(4.0), format::moment(6.0))
        );
    }
}
