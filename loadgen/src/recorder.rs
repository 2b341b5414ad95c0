//! Records requests: windows by their intended start, histograms, totals.

mod generator_record;
mod journeys;
mod live;
mod outcome;
mod phases;
mod record;
mod sample;
mod schedule_check;
mod totals;
mod windows;

use std::time::Duration;

use brunt_scenarios::timeline::{Failure, histogram};
use hdrhistogram::Histogram;

pub use generator_record::GeneratorRecord;
pub(crate) use journeys::{JourneyEnd, JourneyRecorder, StepIndex};
pub(crate) use live::LiveFigures;
pub use live::{LastSecond, LoadSnapshot, Snapshot};
pub use outcome::LoadOutcome;
pub(crate) use outcome::{GeneratorTrouble, outcome, sum};
pub use phases::Phases;
pub(crate) use record::WorkerRecord;
pub(crate) use sample::{Moments, RequestEnd, Sample, nanos_since};
pub use totals::Totals;

use crate::job::{Job, ReplyVerdict};
use phases::PhaseTimes;
use record::{Causes, has_latency};
use sample::micros;
use windows::{CountedTime, WindowCounts};

/// The figures of one load on one thread. Not shared, so that recording takes no lock: what other
/// threads may see is published ten times a second.
#[derive(Debug)]
pub(crate) struct Recorder {
    windows: WindowCounts,
    service: Histogram<u64>,
    lag: Histogram<u64>,
    phases: PhaseTimes,
    totals: Totals,
    causes: Causes,
    /// When each command was accepted, in microseconds after the start, and its key.
    accepted: Vec<(u64, String)>,
    unknown: u64,
    second: RunningSecond,
    journeys: Option<JourneyRecorder>,
    /// What was meant to start before this is not counted, in microseconds.
    warm_up: u64,
}

/// What was completed since the last full second.
#[derive(Debug)]
struct RunningSecond {
    latency: Histogram<u64>,
    ok: u64,
    failed: u64,
    lag: u64,
}

impl Recorder {
    /// An empty recorder. All memory for a request's figures is allocated here.
    pub fn new(job: &Job) -> Self {
        let warm_up = micros(job.warm_up);
        Self {
            windows: WindowCounts::new(job.bound.time()),
            journeys: job.journeys.as_ref().map(|script| JourneyRecorder::new(script, warm_up)),
            warm_up,
            service: histogram(),
            lag: histogram(),
            phases: PhaseTimes::new(),
            totals: Totals::default(),
            causes: Causes::new(),
            accepted: Vec::new(),
            unknown: 0,
            second: RunningSecond { latency: histogram(), ok: 0, failed: 0, lag: 0 },
        }
    }

    /// Records a request that was sent.
    pub fn record(&mut self, sample: &Sample, ended: &RequestEnd, verdict: ReplyVerdict) {
        // Before the check for the warm-up: the command was accepted, and a ledger will have it.
        if let Some(key) = verdict.key {
            self.accepted.push((sample.done(), key));
        }
        self.unknown += u64::from(verdict.unknown);
        if sample.intended < self.warm_up {
            return;
        }
        self.service.saturating_record(sample.service);
        self.lag.saturating_record(sample.lag + sample.stalled);
        self.windows.count_sent(sample.sent);
        if let Some(failure) = verdict.failure.filter(|_| sample.stalled > 0) {
            self.windows.count_stalled(sample.intended, failure);
        }
        self.second.lag = self.second.lag.max(sample.lag);
        match (ended, verdict.failure) {
            (RequestEnd::Replied { length, .. }, failure) => {
                if let (Some(failure), Some(cause)) = (failure, verdict.cause) {
                    self.count_cause(failure, cause);
                }
                self.totals.replied(Duration::from_micros(sample.latency), *length);
                self.phases.first_byte(sample.first_byte);
            }
            (RequestEnd::Unanswered { cause }, Some(failure)) => self.count_cause(failure, cause),
            (RequestEnd::Unanswered { .. }, None) => {}
        }
        self.count(sample, verdict.failure);
    }

    fn count_cause(&mut self, failure: Failure, cause: &'static str) {
        *self.causes.entry((failure, cause)).or_default() += 1;
    }

    /// The figures of journeys, if there are any.
    pub fn journeys(&mut self) -> Option<&mut JourneyRecorder> {
        self.journeys.as_mut()
    }

    /// Records how long a connection took to open.
    pub fn record_connection(&mut self, connect: Duration, tls: Option<Duration>) {
        self.phases.connected(connect, tls);
    }

    /// Counts links of pages that are not followed.
    pub fn record_left_out(&mut self, links: u64) {
        self.totals.left_out += links;
    }

    /// Records requests that were due at one time and never sent.
    pub fn record_unsent(&mut self, intended: Duration, waited: Duration, count: u64) {
        let (intended, latency) = (micros(intended), micros(waited));
        if intended >= self.warm_up {
            *self.causes.entry((Failure::Unfinished, "never sent")).or_default() += count;
            self.second.latency.saturating_record_n(latency, count);
            self.second.failed += count;
            *self.totals.failed.entry(Failure::Unfinished).or_default() += count;
            self.windows.count_unsent(intended, latency, count);
        }
    }

    fn count(&mut self, sample: &Sample, failure: Option<Failure>) {
        let timed = has_latency(failure);
        if timed {
            self.second.latency.saturating_record(sample.latency);
        }
        match failure {
            None => self.second.ok += 1,
            Some(_) => self.second.failed += 1,
        }
        self.totals.count(failure);
        let time = CountedTime { latency: sample.latency, from_sent: sample.since_sent() };
        self.windows.count(sample.intended, failure, timed.then_some(time));
    }

    /// The totals so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Moves what was completed since the last call to where it is published. Buffers are used
    /// again, so that a second costs no allocation.
    pub fn take_second(&mut self, second: &mut LastSecond) {
        (second.ok, second.failed, second.lag) =
            (self.second.ok, self.second.failed, self.second.lag);
        second.latency.take(&self.second.latency);
        self.second.latency.reset();
        (self.second.ok, self.second.failed, self.second.lag) = (0, 0, 0);
    }

    /// The record, at the end of the load.
    pub fn finish(self) -> WorkerRecord {
        WorkerRecord {
            windows: self.windows,
            service: self.service,
            lag: self.lag,
            phases: self.phases,
            totals: self.totals,
            causes: self.causes,
            accepted: self.accepted,
            unknown: self.unknown,
            journeys: self.journeys.map_or_else(Vec::new, JourneyRecorder::finish),
        }
    }
}
