//! The state of each replica over time.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Event, EventKind};

use super::Count;
use crate::html::clock::Clock;

/// A replica over time, or several that followed one another.
#[derive(Default)]
pub struct Strip {
    pub spans: Vec<Span>,
}

/// A state from one moment to another, in percent of the width.
pub struct Span {
    pub from: f64,
    pub wide: f64,
    pub state: State,
}

/// What a replica is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs and may be sent requests.
    Ready,
    /// It runs and may not.
    Up,
    /// It is frozen.
    Frozen,
    /// It does not run.
    Down,
}

/// Which strip a replica is drawn in, and since when it is what it is.
struct Place {
    strip: usize,
    since: f64,
    state: State,
    /// What it will be again once it is thawed.
    before: State,
}

/// The strips of a service, and from each moment on how many replicas were ready and how many ran.
pub fn all(clock: &Clock, events: &[&Event]) -> (Vec<Strip>, Vec<Count>) {
    let mut drawing = Drawing::new(clock);
    for event in events {
        drawing.follow(event);
    }
    let counts = std::mem::take(&mut drawing.counts);
    (drawing.finish(), counts)
}

/// Strips while they are made.
struct Drawing<'a> {
    clock: &'a Clock,
    strips: Vec<Strip>,
    replicas: BTreeMap<u32, Place>,
    counts: Vec<Count>,
}

impl<'a> Drawing<'a> {
    fn new(clock: &'a Clock) -> Self {
        Self { clock, strips: vec![], replicas: BTreeMap::new(), counts: vec![] }
    }

    fn follow(&mut self, event: &Event) {
        let (Some(replica), at) = (event.replica, event.at.0) else {
            return;
        };
        let before = self.replicas.get(&replica).map(|place| (place.state, place.before));
        let state = match &event.what {
            EventKind::Started | EventKind::NotReady => State::Up,
            EventKind::Ready => State::Ready,
            EventKind::Exited { .. } | EventKind::Restarting { .. } => State::Down,
            EventKind::Paused => State::Frozen,
            EventKind::Resumed => before.map_or(State::Up, |(_, before)| before),
            _ => return,
        };
        // A frozen replica stays frozen while its probes notice it.
        let state = match (before, state, &event.what) {
            (
                Some((State::Frozen, _)),
                State::Up | State::Ready,
                EventKind::NotReady | EventKind::Ready,
            ) => State::Frozen,
            _ => state,
        };
        self.set(replica, at, state, &event.what);
        self.count(at);
    }

    fn set(&mut self, replica: u32, at: f64, state: State, what: &EventKind) {
        let free = self.free_strip();
        let place = self.replicas.entry(replica).or_insert(Place {
            strip: free,
            since: at,
            state: State::Down,
            before: State::Up,
        });
        let span = span(self.clock, place, at);
        place.before = match what {
            EventKind::NotReady => State::Up,
            EventKind::Ready => State::Ready,
            EventKind::Paused => place.state,
            _ => place.before,
        };
        let strip = place.strip;
        (place.since, place.state) = (at, state);
        while self.strips.len() <= strip {
            self.strips.push(Strip::default());
        }
        self.strips[strip].spans.extend(span);
    }

    /// The first strip in which no replica runs: a new replica takes the place of one that is gone.
    fn free_strip(&self) -> usize {
        let taken = |strip: usize| {
            self.replicas.values().any(|place| place.strip == strip && place.state != State::Down)
        };
        (0..).find(|strip| !taken(*strip)).unwrap_or(0)
    }

    fn count(&mut self, at: f64) {
        let of =
            |is: fn(State) -> bool| self.replicas.values().filter(|place| is(place.state)).count();
        self.counts.push(Count(
            at,
            of(|state| state == State::Ready),
            of(|state| state != State::Down),
        ));
    }

    fn finish(mut self) -> Vec<Strip> {
        let end = self.clock.known;
        for place in self.replicas.values() {
            if let (Some(span), Some(strip)) =
                (span(self.clock, place, end), self.strips.get_mut(place.strip))
            {
                strip.spans.push(span);
            }
        }
        self.strips
    }
}

/// What a replica was until now; nothing when it was not there, or for no time.
fn span(clock: &Clock, place: &Place, until: f64) -> Option<Span> {
    let (from, wide) = clock.stretch(place.since, until);
    (place.state != State::Down && wide > 0.0).then_some(Span { from, wide, state: place.state })
}

impl State {
    pub fn class(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Up => "up",
            Self::Frozen => "frozen",
            Self::Down => "down",
        }
    }
}
