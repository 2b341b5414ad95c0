//! What a generator that was late sends at once when it can. A system that is slow under such a
//! burst is not slow under the planned load, so these parts of a run count neither for nor against
//! it.

use std::collections::BTreeMap;

use brunt_scenarios::timeline::{LoadRecord, SparseHistogram, Window};

/// The share of a window's requests, and their number, from which those that were not sent in
/// it are a backlog.
const SHARE: f64 = 0.2;
const FEWEST: u64 = 3;
/// A backlog of so much time may also be why requests fail, in seconds.
const LONG: f64 = 0.5;

/// The most favourable windows that a late load may have had.
pub fn best_windows(load: &LoadRecord) -> Vec<Window> {
    let behind = behind(&load.windows);
    let bursts = bursts(load, &behind);
    let each = load.windows.iter().zip(bursts);
    each.map(|(window, burst)| burst.of(&window.without_lag())).collect()
}

/// What of a window a burst may be the reason of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Burst {
    Nothing,
    Latency,
    LatencyAndFailures,
}

/// How many requests are overdue at the end of each window.
fn behind(windows: &[Window]) -> Vec<u64> {
    let (mut planned, mut sent) = (0, 0);
    let at_end = |window: &Window| {
        planned += window.requests();
        sent += window.sent();
        u64::saturating_sub(planned, sent)
    };
    windows.iter().map(at_end).collect()
}

/// The windows in which a backlog grows or is sent, and as many after it, in which the
/// system works it off.
fn bursts(load: &LoadRecord, behind: &[u64]) -> Vec<Burst> {
    let mut bursts = vec![Burst::Nothing; behind.len()];
    let mut place = 0;
    while place < behind.len() {
        let is_behind = |place: usize| {
            let least = (load.windows[place].requests() as f64 * SHARE) as u64;
            behind[place] >= least.max(FEWEST)
        };
        let first = place;
        while place < behind.len() && is_behind(place) {
            place += 1;
        }
        if place > first {
            // One more: the backlog is sent in the window that ends without it.
            let (length, most) = (place - first + 1, behind[first..place].iter().max());
            let burst = of(load, first, most.copied().unwrap_or_default());
            let until = (first + 2 * length).min(bursts.len());
            bursts[first..until].iter_mut().for_each(|one| *one = burst.max(*one));
        }
        place += 1;
    }
    bursts
}

fn of(load: &LoadRecord, first: usize, behind: u64) -> Burst {
    let rate = load.windows[first].requests() as f64 / load.window.max(1e-6);
    match behind as f64 >= rate * LONG {
        true => Burst::LatencyAndFailures,
        false => Burst::Latency,
    }
}

impl Burst {
    fn of(self, window: &Window) -> Window {
        let window = window.clone();
        let latency = SparseHistogram::default();
        match self {
            Self::Nothing => window,
            Self::Latency => Window { latency, ..window },
            Self::LatencyAndFailures => {
                Window { latency, ok: window.requests(), failed: BTreeMap::new(), ..window }
            }
        }
    }
}
