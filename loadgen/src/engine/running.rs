//! A load that is being put on.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use brunt_scenarios::timeline::{LoadRecord, Moment};

use super::Shared;
use super::lane::LaneRecord;
use crate::recorder::{self, Blame, LoadOutcome, LoadSnapshot, Part, Record, Snapshot};

/// A load that is being put on. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<Vec<Option<LaneRecord>>>>,
}

impl Running {
    pub(super) fn new(
        shared: Arc<Shared>,
        threads: Vec<JoinHandle<Vec<Option<LaneRecord>>>>,
    ) -> Self {
        Self { shared, threads }
    }

    /// How it goes.
    pub fn snapshot(&self) -> Snapshot {
        let threads = |job: usize| {
            let of = self.shared.live.iter().map(move |jobs| &jobs[job]);
            of.map(|live| live.lock().unwrap_or_else(PoisonError::into_inner).clone())
        };
        let jobs = self.shared.jobs.iter().enumerate();
        Snapshot {
            at: Moment::between(self.shared.origin, Instant::now()).0,
            loads: jobs
                .map(|(job, ready)| LoadSnapshot::of(&ready.job.name, threads(job)))
                .collect(),
        }
    }

    /// Ends it early: no request starts any more, and those in flight are waited for at most a
    /// second. Returns at once.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }

    /// Whether all loads have ended.
    pub fn is_over(&self) -> bool {
        self.threads.iter().all(JoinHandle::is_finished)
    }

    /// Waits until all loads have ended, and says what came of each.
    pub fn finish(self) -> Vec<LoadRecord> {
        self.outcomes().into_iter().map(|outcome| outcome.record).collect()
    }

    /// As [`Running::finish`], with sums that only the command line shows.
    pub fn outcomes(self) -> Vec<LoadOutcome> {
        let records = self.records().into_iter();
        records.map(|(name, record, blame)| recorder::outcome(&name, record, blame)).collect()
    }

    /// As [`Running::finish`], to be added to what other generators recorded of the same loads.
    pub fn parts(self) -> Vec<Part> {
        let records = self.records().into_iter();
        records.map(|(name, record, blame)| Part::new(name, record, blame)).collect()
    }

    fn records(mut self) -> Vec<(String, Record, Blame)> {
        let threads = std::mem::take(&mut self.threads);
        let ended: Vec<Vec<Option<LaneRecord>>> =
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect();
        let mut lanes: Vec<_> = ended.into_iter().map(Vec::into_iter).collect();
        let jobs = self.shared.jobs.iter();
        jobs.filter_map(|ready| {
            let of_job: Vec<LaneRecord> =
                lanes.iter_mut().filter_map(|lanes| lanes.next()?).collect();
            let (record, blame) = self.sum(of_job)?;
            Some((ready.job.name.clone(), record, blame))
        })
        .collect()
    }

    fn sum(&self, lanes: Vec<LaneRecord>) -> Option<(Record, Blame)> {
        let lost = self.shared.threads - lanes.len();
        let missing = (lost > 0).then(|| {
            format!("{lost} of the generator's threads failed; their figures are missing")
        });
        let blame = |lane: &LaneRecord| Blame {
            starved: lane.starved,
            elapsed: lane.ended.saturating_duration_since(self.shared.origin),
            trouble: lane.trouble.clone(),
        };
        let first = Blame { trouble: missing, ..Blame::default() };
        let blame = lanes.iter().map(blame).fold(first, Blame::and);
        let record = recorder::sum(lanes.into_iter().map(|lane| lane.record))?;
        Some((record, blame))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
