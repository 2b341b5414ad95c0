//! One load on one worker thread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brunt_scenarios::plan::Arrival;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::deadline::{Interrupt, RequestDeadline};
use super::stalls::StallClock;
use crate::job::{PreparedJob, ReplyVerdict};
use crate::protocol::http2::{Http2Options, Http2Pool};
use crate::recorder::{
    JourneyRecorder, LiveFigures, Moments, Recorder, RequestEnd, Sample, WorkerRecord, nanos_since,
};
use crate::schedule::{Dispatch, ScheduledAt, WorkerShare};

/// The longest time that requests in flight are waited for when a load is stopped early.
const STOPPED_DRAIN: Duration = Duration::from_secs(1);

/// One load on one worker thread: its figures, and what its tasks share. Tasks of a thread run in
/// turn, so cells do where threads would need locks.
pub(crate) struct WorkerLoad {
    pub prepared: Arc<PreparedJob>,
    pub origin: Instant,
    pub share: WorkerShare,
    /// The buffer that bytes are read into; shared by all connections of the thread.
    pub scratch: Rc<RefCell<Box<[u8]>>>,
    /// Connections of HTTP/2, which users share.
    pub http2: Http2Pool,
    /// The open model's schedule and idle connections.
    pub dispatch: Option<RefCell<Dispatch>>,
    /// Wakes tasks that think or wait for an arrival when the load ends.
    pub ended: Notify,
    /// Notified when a connection of the open model becomes idle.
    pub freed: Notify,
    recorder: RefCell<Recorder>,
    deadlines: RefCell<Vec<Rc<RequestDeadline>>>,
    in_flight: Cell<u64>,
    /// No request starts from this moment on.
    end: Cell<Option<Instant>>,
    /// Requests in flight are given up at this moment.
    cutoff: Cell<Option<Instant>>,
    starved: Cell<Duration>,
    stalls: StallClock,
    trouble: RefCell<Option<String>>,
    finished: Cell<bool>,
}

/// What one worker recorded of one load.
pub(crate) struct WorkerLoadRecord {
    pub record: WorkerRecord,
    /// For how long arrivals waited while this thread had no processor time left.
    pub starved: Duration,
    /// What the generator's machine lacked, if anything.
    pub trouble: Option<String>,
    /// When its last task ended.
    pub ended: Instant,
}

impl WorkerLoad {
    pub fn new(
        prepared: &Arc<PreparedJob>,
        origin: Instant,
        share: WorkerShare,
        scratch: &Rc<RefCell<Box<[u8]>>>,
    ) -> Self {
        let end = prepared.lasts().map(|lasts| origin + lasts);
        let dispatch = match &prepared.job.arrival {
            Arrival::Open { ramps } => {
                Some(RefCell::new(Dispatch::new(ramps, share, prepared.job.connections)))
            }
            Arrival::Closed { .. } => None,
        };
        Self {
            prepared: Arc::clone(prepared),
            origin,
            share,
            scratch: Rc::clone(scratch),
            http2: Http2Pool::new(Http2Options {
                reuse: prepared.job.reuse,
                streams: prepared.job.transport.streams.max(1),
                timeout: prepared.job.timeout,
            }),
            dispatch,
            ended: Notify::new(),
            freed: Notify::new(),
            recorder: RefCell::new(Recorder::new(&prepared.job)),
            deadlines: RefCell::default(),
            in_flight: Cell::new(0),
            end: Cell::new(end),
            cutoff: Cell::new(end.map(|end| end + prepared.job.drain)),
            starved: Cell::default(),
            stalls: StallClock::default(),
            trouble: RefCell::default(),
            finished: Cell::new(false),
        }
    }

    /// A new deadline, which the sweep checks.
    pub fn new_deadline(&self) -> Rc<RequestDeadline> {
        let deadline = Rc::new(RequestDeadline::default());
        self.deadlines.borrow_mut().push(Rc::clone(&deadline));
        deadline
    }

    /// Whether a request that is meant for this moment may start.
    pub fn accepts(&self, intended: Instant) -> bool {
        self.end.get().is_none_or(|end| intended < end)
    }

    /// Whether requests in flight are to be given up.
    pub fn is_past_cutoff(&self, now: Instant) -> bool {
        self.cutoff.get().is_some_and(|cutoff| cutoff <= now)
    }

    /// Sleeps until this moment; `false` when the load ended first.
    pub async fn sleep_until(&self, then: Instant) -> bool {
        // Made before the check: from then on, no notification is missed.
        let ended = self.ended.notified();
        if !self.accepts(then) {
            return false;
        }
        tokio::select! {
            () = tokio::time::sleep_until(then.into()) => true,
            () = ended => false,
        }
    }

    /// Waits until the load ends.
    pub async fn until_end(&self) {
        let ended = self.ended.notified();
        if self.accepts(Instant::now()) {
            ended.await;
        }
    }

    /// Counts a request as in flight.
    pub fn request_started(&self) {
        self.in_flight.set(self.in_flight.get() + 1);
    }

    /// Counts a connection that was opened.
    pub fn record_connection(&self, connect: Duration, tls: Option<Duration>) {
        self.recorder.borrow_mut().record_connection(connect, tls);
    }

    /// Counts links of a page that are not followed, as there are too many.
    pub fn record_left_out(&self, links: u64) {
        self.recorder.borrow_mut().record_left_out(links);
    }

    /// Records a journey or one of its steps; nothing in a load without journeys.
    pub fn record_journey(&self, note: impl FnOnce(&mut JourneyRecorder)) {
        if let Some(journeys) = self.recorder.borrow_mut().journeys() {
            note(journeys);
        }
    }

    /// The times of a request that has ended at `done`.
    pub fn sample(
        &self,
        due: ScheduledAt,
        sent: Instant,
        first_byte: Option<Instant>,
        done: Instant,
    ) -> Sample {
        let at = Moments::new(due, sent, first_byte, done, self.origin);
        self.stalls.tick(at.done);
        Sample::new(&at, self.stalls.within(at.sent, at.done))
    }

    /// Records a request that has ended.
    pub fn request_ended(&self, sample: Sample, ended: &RequestEnd, verdict: ReplyVerdict) {
        self.in_flight.set(self.in_flight.get() - 1);
        self.recorder.borrow_mut().record(&sample, ended, verdict);
    }

    /// Records requests that were due at one time and will never be sent, with the
    /// time that they waited.
    pub fn record_unsent(&self, intended: Duration, now: Instant, count: u64) {
        let waited = now.saturating_duration_since(self.origin + intended);
        self.recorder.borrow_mut().record_unsent(intended, waited, count);
    }

    /// Notes what the generator's machine lacked. The first such note is kept, and makes the run
    /// invalid: its figures are not the server's.
    pub fn note_generator_trouble(&self, lacked: &str) {
        self.trouble.borrow_mut().get_or_insert_with(|| lacked.to_owned());
    }

    /// Waits for all tasks of the load on this thread.
    pub async fn join_tasks(&self, tasks: &mut JoinSet<()>) {
        while let Some(ended) = tasks.join_next().await {
            if ended.is_err() {
                let lost = "a task of the generator failed; its requests are missing";
                self.trouble.borrow_mut().get_or_insert_with(|| lost.to_owned());
            }
        }
    }

    /// Ends the load early: no request starts after `now`.
    pub fn stop(&self, now: Instant) {
        // The earlier of both: a stop after the end, or a second one, must not lengthen the load.
        let earlier = |before: Option<Instant>, then: Instant| {
            Some(before.map_or(then, |before| before.min(then)))
        };
        self.end.set(earlier(self.end.get(), now));
        let drain = self.prepared.job.drain.min(STOPPED_DRAIN);
        self.cutoff.set(earlier(self.cutoff.get(), now + drain));
    }

    /// Gives up requests that are past their deadline or the load's end.
    pub fn sweep(&self, now: Instant) {
        if !self.accepts(now) {
            // In each sweep, as only tasks that wait already are woken, and another may begin to.
            self.ended.notify_waiters();
        }
        let since = nanos_since(self.origin, now);
        self.stalls.tick(since);
        if !self.stalls.is_settled(since) {
            return;
        }
        let over = self.is_past_cutoff(now).then_some(Interrupt::Over);
        for deadline in self.deadlines.borrow().iter() {
            deadline.sweep(now, over);
        }
    }

    /// Counts time in which arrivals waited because this thread had no processor time left.
    pub fn count_starvation(&self, now: Instant, passed: Duration) {
        let waits =
            |dispatch: &RefCell<Dispatch>| dispatch.borrow().is_queue_late(now - self.origin);
        if self.dispatch.as_ref().is_some_and(waits) {
            self.starved.set(self.starved.get() + passed);
        }
    }

    /// Writes the figures so far to where other threads read them.
    pub fn publish(&self, now: Instant, live: &mut LiveFigures) {
        if self.finished.get() {
            return;
        }
        let queued = |dispatch: &RefCell<Dispatch>| {
            dispatch.borrow().queued(now.saturating_duration_since(self.origin))
        };
        live.totals = self.recorder.borrow().totals().clone();
        live.in_flight = self.in_flight.get();
        live.queued = self.dispatch.as_ref().map_or(0, queued);
    }

    /// Writes the figures of the last full second.
    pub fn publish_second(&self, live: &mut LiveFigures) {
        self.recorder.borrow_mut().take_second(&mut live.second);
    }

    /// Takes the record; call it once, at the end.
    pub fn finish(&self) -> WorkerLoadRecord {
        self.finished.set(true);
        WorkerLoadRecord {
            // Replaced and not moved out: tasks that were given up may still hold the load.
            record: self.recorder.replace(Recorder::new(&self.prepared.job)).finish(),
            starved: self.starved.get(),
            trouble: self.trouble.take(),
            ended: Instant::now(),
        }
    }
}
