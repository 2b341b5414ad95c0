//! The state of each replica over time.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Event, EventKind};

use super::count::ReplicaCount;
use crate::html::clock::Clock;

/// A replica over time, or several that followed one another.
#[derive(Default)]
pub struct Strip {
    pub spans: Vec<StripSpan>,
}

/// A state from one moment to another, in percent of the width.
pub struct StripSpan {
    pub from: f64,
    pub wide: f64,
    pub state: StripState,
}

/// What a replica is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StripState {
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
struct StripReplica {
    strip: usize,
    since: f64,
    state: StripState,
    /// What it will be again once it is thawed.
    before: StripState,
}

/// The strips of a service, and from each moment on how many replicas were ready and how many ran.
pub fn all(clock: &Clock, events: &[&Event]) -> (Vec<Strip>, Vec<ReplicaCount>) {
    let mut drawing = StripDrawing::new(clock);
    for event in events {
        drawing.follow(event);
    }
    let counts = std::mem::take(&mut drawing.counts);
    (drawing.finish(), counts)
}

/// Strips while they are made.
struct StripDrawing<'a> {
    clock: &'a Clock,
    strips: Vec<Strip>,
    replicas: BTreeMap<u32, StripReplica>,
    counts: Vec<ReplicaCount>,
}

impl<'a> StripDrawing<'a> {
    fn new(clock: &'a Clock) -> Self {
        Self { clock, strips: vec![], replicas: BTreeMap::new(), counts: vec![] }
    }

    fn follow(&mut self, event: &Event) {
        let (Some(replica), at) = (event.replica, event.at.0) else {
            return;
        };
        let before = self.replicas.get(&replica).map(|place| (place.state, place.before));
        let state = match &event.what {
            EventKind::Started | EventKind::NotReady => StripState::Up,
            EventKind::Ready => StripState::Ready,
            EventKind::Exited { .. } | EventKind::Restarting { .. } => StripState::Down,
            EventKind::Paused => StripState::Frozen,
            EventKind::Resumed => before.map_or(StripState::Up, |(_, before)| before),
            _ => return,
        };
        // A frozen replica stays frozen while its probes notice it.
        let state = match (before, state, &event.what) {
            (
                Some((StripState::Frozen, _)),
                StripState::Up | StripState::Ready,
                EventKind::NotReady | EventKind::Ready,
            ) => StripState::Frozen,
            _ => state,
        };
        self.set(replica, at, state, &event.what);
        self.count(at);
    }

    fn set(&mut self, replica: u32, at: f64, state: StripState, what: &EventKind) {
        let free = self.free_strip();
        let place = self.replicas.entry(replica).or_insert(StripReplica {
            strip: free,
            since: at,
            state: StripState::Down,
            before: StripState::Up,
        });
        let span = span(self.clock, place, at);
        place.before = match what {
            EventKind::NotReady => StripState::Up,
            EventKind::Ready => StripState::Ready,
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

    // The first strip in which no replica runs: a new replica takes the place of one that is gone.
    fn free_strip(&self) -> usize {
        let taken = |strip: usize| {
            self.replicas
                .values()
                .any(|place| place.strip == strip && place.state != StripState::Down)
        };
        (0..).find(|strip| !taken(*strip)).unwrap_or(0)
    }

    fn count(&mut self, at: f64) {
        let of = |is: fn(StripState) -> bool| {
            self.replicas.values().filter(|place| is(place.state)).count()
        };
        self.counts.push(ReplicaCount(
            at,
            of(|state| state == StripState::Ready),
            of(|state| state != StripState::Down),
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
fn span(clock: &Clock, place: &StripReplica, until: f64) -> Option<StripSpan> {
    let (from, wide) = clock.stretch(place.since, until);
    (place.state != StripState::Down && wide > 0.0).then_some(StripSpan {
        from,
        wide,
        state: place.state,
    })
}

impl StripState {
    pub fn class(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Up => "up",
            Self::Frozen => "frozen",
            Self::Down => "down",
        }
    }
}
