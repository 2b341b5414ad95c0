//! A lane per service: the state of each replica, and marks for what happened to it.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{Event, Happening, RestartReason};

use super::clock::Clock;
use crate::{Report, wording};

/// A service.
pub struct Lane {
    pub service: String,
    pub note: String,
    /// One for as many replicas as there were at the same time.
    pub strips: Vec<Strip>,
    pub marks: Vec<Mark>,
    /// From this moment on, as many were ready and as many ran.
    pub counts: Vec<(f64, usize, usize)>,
}

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

/// Something that happened, as a sign in the lane.
pub struct Mark {
    pub at: f64,
    /// `gone`, `restart`, `unhealthy`, `rollout` or `scale`.
    pub class: &'static str,
    pub sign: &'static str,
    pub title: String,
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

pub fn all(clock: &Clock, report: &Report) -> Vec<Lane> {
    let planned = report.plan.bounds.iter().map(|bounds| bounds.service.as_str());
    let mut services: Vec<&str> = planned.collect();
    for event in &report.timeline.events {
        if !services.contains(&event.service.as_str()) {
            services.push(&event.service);
        }
    }
    services
        .into_iter()
        .map(|service| lane(clock, report, service))
        .collect()
}

fn lane(clock: &Clock, report: &Report, service: &str) -> Lane {
    let events: Vec<&Event> = report
        .timeline
        .events
        .iter()
        .filter(|event| event.service == service)
        .collect();
    let mut drawing = Drawing::new(clock);
    for event in &events {
        drawing.follow(event);
    }
    let marks: Vec<Mark> = events.iter().filter_map(|event| mark(clock, event)).collect();
    let counts = std::mem::take(&mut drawing.counts);
    Lane {
        service: service.to_owned(),
        note: note(&events),
        strips: drawing.finish(),
        marks,
        counts,
    }
}

fn note(events: &[&Event]) -> String {
    let count = |is: fn(&Happening) -> bool| events.iter().filter(|event| is(&event.what)).count() as u64;
    let gone = count(|what| matches!(what, Happening::Exited { .. }));
    let probe = count(|what| {
        matches!(
            what,
            Happening::Restarting {
                reason: RestartReason::Liveness
            }
        )
    });
    let rollouts = count(|what| matches!(what, Happening::RolloutStarted));
    let mut words = vec![];
    for (n, what) in [
        (gone, "exit"),
        (probe, "restart by its probe"),
        (rollouts, "rollout"),
    ] {
        match (n, what) {
            (0, _) => {}
            (n, "restart by its probe") if n > 1 => words.push(format!("{n} restarts by its probe")),
            (n, what) => words.push(wording::counted(n, what)),
        }
    }
    words.join(", ")
}

/// Strips while they are made.
struct Drawing<'a> {
    clock: &'a Clock,
    strips: Vec<Strip>,
    replicas: BTreeMap<u32, Place>,
    counts: Vec<(f64, usize, usize)>,
}

impl<'a> Drawing<'a> {
    fn new(clock: &'a Clock) -> Self {
        Self {
            clock,
            strips: vec![],
            replicas: BTreeMap::new(),
            counts: vec![],
        }
    }

    fn follow(&mut self, event: &Event) {
        let (Some(replica), at) = (event.replica, event.at.0) else {
            return;
        };
        let before = self
            .replicas
            .get(&replica)
            .map(|place| (place.state, place.before));
        let state = match &event.what {
            Happening::Started | Happening::NotReady => State::Up,
            Happening::Ready => State::Ready,
            Happening::Exited { .. } | Happening::Restarting { .. } => State::Down,
            Happening::Paused => State::Frozen,
            Happening::Resumed => before.map_or(State::Up, |(_, before)| before),
            _ => return,
        };
        // A frozen replica stays frozen while its probes notice it.
        let state = match (before, state, &event.what) {
            (Some((State::Frozen, _)), State::Up | State::Ready, Happening::NotReady | Happening::Ready) => {
                State::Frozen
            }
            _ => state,
        };
        self.set(replica, at, state, &event.what);
        self.count(at);
    }

    fn set(&mut self, replica: u32, at: f64, state: State, what: &Happening) {
        let free = self.free_strip();
        let place = self.replicas.entry(replica).or_insert(Place {
            strip: free,
            since: at,
            state: State::Down,
            before: State::Up,
        });
        let span = span(self.clock, place, at);
        place.before = match what {
            Happening::NotReady => State::Up,
            Happening::Ready => State::Ready,
            Happening::Paused => place.state,
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
            self.replicas
                .values()
                .any(|place| place.strip == strip && place.state != State::Down)
        };
        (0..).find(|strip| !taken(*strip)).unwrap_or(0)
    }

    fn count(&mut self, at: f64) {
        let of = |is: fn(State) -> bool| self.replicas.values().filter(|place| is(place.state)).count();
        self.counts.push((
            at,
            of(|state| state == State::Ready),
            of(|state| state != State::Down),
        ));
    }

    fn finish(mut self) -> Vec<Strip> {
        let end = self.clock.end;
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
    let (from, to) = (clock.at(place.since), clock.at(until));
    (place.state != State::Down && to > from).then(|| Span {
        from,
        wide: ((to - from) * 1000.0).round() / 1000.0,
        state: place.state,
    })
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

fn mark(clock: &Clock, event: &Event) -> Option<Mark> {
    let (class, sign) = match &event.what {
        Happening::Exited { .. } => ("gone", "✕"),
        Happening::Restarting {
            reason: RestartReason::Liveness | RestartReason::Crash,
        } => ("restart", "▲"),
        Happening::Unhealthy => ("unhealthy", "!"),
        Happening::RolloutStarted | Happening::RolloutDone => ("rollout", "◆"),
        Happening::Scaled { .. } => ("scale", "↕"),
        _ => return None,
    };
    let replica = event
        .replica
        .map_or(String::new(), |replica| format!(" {replica}"));
    (event.at.0 >= clock.start).then(|| Mark {
        at: clock.at(event.at.0),
        class,
        sign,
        title: format!(
            "{}{replica} {}, {}",
            event.service,
            event.what,
            wording::moment(event.at.0)
        ),
    })
}
