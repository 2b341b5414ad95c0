//! Counts requests by the window in which they were meant to start. The number of windows is
//! bounded, however long the load is.

use std::time::Duration;

use brunt_scenarios::timeline::{Failure, LONGEST, SparseHistogram, Window, histogram};
use hdrhistogram::Histogram;

/// The most windows of a load.
const MOST: usize = 600;
/// The shortest window; short enough to show a fault of a second.
const SHORTEST: Duration = Duration::from_millis(250);
/// Times that differ by less are the same, in microseconds.
const SAME: u64 = 1_000;
/// Up to this length a load has the shortest windows.
const SHORT: Duration = Duration::from_secs(60);

/// The windows of a load.
#[derive(Debug)]
pub(crate) struct WindowCounts {
    length: Duration,
    /// When the last window starts, and how long it is, in microseconds; 0 without one.
    last_start: u64,
    last_length: u64,
    /// All windows up to the last one that a request was meant for.
    windows: Vec<Window>,
    /// The latencies of the last window: a whole histogram, since most requests are counted
    /// there. Those of others are sparse; whole ones would take a hundred times the memory.
    last: Histogram<u64>,
    /// The last window's latencies from when requests were sent, once one of them differs from its
    /// latency. While the generator is not late they would only take memory.
    last_from_sent: Option<Box<Histogram<u64>>>,
}

/// How long a request took, in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CountedTime {
    /// Done − intended.
    pub latency: u64,
    /// Done − sent, without the time in which the generator did not run.
    pub from_sent: u64,
}

/// The window length for a load: 250 ms up to a minute, then 1 s, then as many whole seconds as
/// keep them below the limit.
fn length(lasts: Option<Duration>) -> Duration {
    match lasts {
        Some(lasts) if lasts > SHORT => {
            Duration::from_secs(lasts.as_secs().div_ceil(MOST as u64).max(1))
        }
        _ => SHORTEST,
    }
}

impl WindowCounts {
    pub fn new(lasts: Option<Duration>) -> Self {
        Self::of(Vec::new(), length(lasts))
    }

    fn of(windows: Vec<Window>, length: Duration) -> Self {
        let (last_start, last_length) = (0, 0);
        Self { length, last_start, last_length, windows, last: histogram(), last_from_sent: None }
    }

    /// Counts a request by when it was meant to start, in microseconds.
    pub fn count(&mut self, intended: u64, failure: Option<Failure>, time: Option<CountedTime>) {
        let place = self.reach(intended);
        let is_last = place + 1 == self.windows.len();
        let window = &mut self.windows[place];
        match failure {
            None => window.ok += 1,
            Some(failure) => *window.failed.entry(failure).or_default() += 1,
        }
        // A histogram saturates at its bound, so sparse ones must, too.
        let Some(time) = time else { return };
        let (latency, from_sent) = (time.latency.min(LONGEST), time.from_sent.min(LONGEST));
        let differs = latency.saturating_sub(from_sent) > SAME;
        // The same whether others in the window differ or not.
        let from_sent = if differs { from_sent } else { latency };
        if is_last {
            if differs && self.last_from_sent.is_none() {
                self.last_from_sent = Some(Box::new(self.last.clone()));
            }
            if let Some(last) = &mut self.last_from_sent {
                last.saturating_record(from_sent);
            }
            self.last.saturating_record(latency);
            return;
        }
        let rounded = |value| self.last.highest_equivalent(value);
        if differs && window.from_sent.is_none() {
            window.from_sent = Some(window.latency.clone());
        }
        if let Some(sparse) = &mut window.from_sent {
            sparse.add(rounded(from_sent), 1);
        }
        window.latency.add(rounded(latency), 1);
    }

    /// Counts a request as sent, in microseconds after the load's start.
    pub fn count_sent(&mut self, sent: u64) {
        let place = self.reach(sent);
        *self.windows[place].sent.get_or_insert(0) += 1;
    }

    /// Notes that a failed request was in flight while the generator did not run for a while.
    pub fn count_stalled(&mut self, intended: u64, failure: Failure) {
        let place = self.reach(intended);
        *self.windows[place].stalled.entry(failure).or_default() += 1;
    }

    /// Counts requests that were never sent, all at one time.
    pub fn count_unsent(&mut self, intended: u64, latency: u64, count: u64) {
        let place = self.reach(intended);
        let is_last = place + 1 == self.windows.len();
        let window = &mut self.windows[place];
        *window.failed.entry(Failure::Unfinished).or_default() += count;
        let latency = latency.min(LONGEST);
        if is_last {
            self.last.saturating_record_n(latency, count);
        } else {
            // More than the sparse histogram's counts can hold is as good as all.
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            window.latency.add(self.last.highest_equivalent(latency), count);
        }
    }

    /// The index of a request's window, which is added if it is new.
    fn reach(&mut self, intended: u64) -> usize {
        // Most requests are counted in the last window; they need no division.
        if intended.checked_sub(self.last_start).is_some_and(|within| within < self.last_length) {
            return self.windows.len() - 1;
        }
        self.find(intended)
    }

    fn find(&mut self, intended: u64) -> usize {
        let micros = |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        let place = |length: Duration| intended / micros(length);
        while place(self.length) >= MOST as u64 {
            self.widen();
        }
        let place = usize::try_from(place(self.length)).unwrap_or(MOST);
        if place >= self.windows.len() {
            self.settle();
            // Few requests are still counted in the window before the last, so its spare memory
            // can be given back: this halved the memory of all windows.
            if let Some(done) = self.windows.iter_mut().nth_back(1) {
                done.latency.shrink();
                done.from_sent.iter_mut().for_each(SparseHistogram::shrink);
            }
            self.windows.resize_with(place + 1, Window::default);
            self.last_length = micros(self.length);
            self.last_start = place as u64 * self.last_length;
        }
        place
    }

    /// Moves the last window's latencies to the sparse ones.
    fn settle(&mut self) {
        let Some(window) = self.windows.last_mut() else { return };
        let latency = SparseHistogram::of(&self.last);
        let from_sent = self.last_from_sent.take().map(|last| SparseHistogram::of(&last));
        add_times(window, latency, from_sent);
        self.last.reset();
    }

    /// Merges windows in pairs, so that each is twice as long.
    fn widen(&mut self) {
        self.settle();
        self.length *= 2;
        // Known again once a window is added.
        self.last_length = 0;
        let mut before = std::mem::take(&mut self.windows).into_iter();
        while let Some(mut window) = before.next() {
            if let Some(second) = before.next() {
                add(&mut window, second);
                window.latency.shrink();
            }
            self.windows.push(window);
        }
    }

    /// Adds another thread's windows.
    pub fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.last_length = 0;
        while self.length < other.length {
            self.widen();
        }
        while other.length < self.length {
            other.widen();
        }
        if other.windows.len() > self.windows.len() {
            self.windows.resize_with(other.windows.len(), Window::default);
        }
        for (window, others) in self.windows.iter_mut().zip(other.windows) {
            add(window, others);
        }
    }

    /// From windows that were finished before.
    pub fn restore(mut windows: Vec<Window>, length: Duration) -> Self {
        windows.iter_mut().for_each(|window| window.sent = Some(window.sent()));
        Self::of(windows, length)
    }

    /// The windows with their starts, and their length in seconds.
    pub fn finish(mut self) -> (Vec<Window>, f64) {
        self.settle();
        let seconds = self.length.as_secs_f64();
        for (place, window) in self.windows.iter_mut().enumerate() {
            window.start = place as f64 * seconds;
            window.sent = window.sent.or(Some(0)).filter(|sent| *sent != window.requests());
        }
        (self.windows, seconds)
    }
}

fn add(window: &mut Window, other: Window) {
    window.ok += other.ok;
    for (failure, count) in other.failed {
        *window.failed.entry(failure).or_default() += count;
    }
    for (failure, count) in other.stalled {
        *window.stalled.entry(failure).or_default() += count;
    }
    window.sent = match (window.sent, other.sent) {
        (Some(one), Some(two)) => Some(one + two),
        (one, two) => one.or(two),
    };
    add_times(window, other.latency, other.from_sent);
}

/// Adds latencies. Without others from when requests were sent, they are the same.
fn add_times(window: &mut Window, latency: SparseHistogram, from_sent: Option<SparseHistogram>) {
    if from_sent.is_some() || window.from_sent.is_some() {
        let own = window.from_sent.get_or_insert_with(|| window.latency.clone());
        own.add_all(from_sent.unwrap_or_else(|| latency.clone()));
    }
    window.latency.add_all(latency);
}

#[cfg(test)]
mod tests;
