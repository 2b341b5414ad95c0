//! A load that is being put on.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use brunt_scenarios::timeline::{LoadRecord, Moment};

use super::shared::SharedState;
use crate::client::WorkerLoadRecord;
use crate::recorder::{
    GeneratorRecord, GeneratorTrouble, LoadOutcome, LoadSnapshot, Snapshot, WorkerRecord, outcome,
    sum,
};

/// A load that is being put on. Dropping it stops it.
#[derive(Debug)]
pub struct RunningLoads {
    shared: Arc<SharedState>,
    threads: Vec<JoinHandle<Vec<Option<WorkerLoadRecord>>>>,
}

impl RunningLoads {
    pub(super) fn new(
        shared: Arc<SharedState>,
        threads: Vec<JoinHandle<Vec<Option<WorkerLoadRecord>>>>,
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

    /// As [`RunningLoads::finish`], with sums that only the command line shows.
    pub fn outcomes(self) -> Vec<LoadOutcome> {
        let records = self.records().into_iter();
        records.map(|(name, record, blame)| outcome(&name, record, blame)).collect()
    }

    /// As [`RunningLoads::finish`], to be added to what other generators recorded of the same loads.
    pub fn parts(self) -> Vec<GeneratorRecord> {
        let records = self.records().into_iter();
        records.map(|(name, record, blame)| GeneratorRecord::new(name, record, blame)).collect()
    }

    fn records(mut self) -> Vec<(String, WorkerRecord, GeneratorTrouble)> {
        let threads = std::mem::take(&mut self.threads);
        let ended: Vec<Vec<Option<WorkerLoadRecord>>> =
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect();
        let mut lanes: Vec<_> = ended.into_iter().map(Vec::into_iter).collect();
        let jobs = self.shared.jobs.iter();
        jobs.filter_map(|ready| {
            let of_job: Vec<WorkerLoadRecord> =
                lanes.iter_mut().filter_map(|lanes| lanes.next()?).collect();
            let (record, blame) = self.sum(of_job)?;
            Some((ready.job.name.clone(), record, blame))
        })
        .collect()
    }

    fn sum(&self, lanes: Vec<WorkerLoadRecord>) -> Option<(WorkerRecord, GeneratorTrouble)> {
        let lost = self.shared.threads - lanes.len();
        let missing = (lost > 0).then(|| {
            format!("{lost} of the generator's threads failed; their figures are missing")
        });
        let blame = |lane: &WorkerLoadRecord| GeneratorTrouble {
            starved: lane.starved,
            elapsed: lane.ended.saturating_duration_since(self.shared.origin),
            trouble: lane.trouble.clone(),
        };
        let first = GeneratorTrouble { trouble: missing, ..GeneratorTrouble::default() };
        let blame = lanes.iter().map(blame).fold(first, GeneratorTrouble::and);
        let record = sum(lanes.into_iter().map(|lane| lane.record))?;
        Some((record, blame))
    }
}

impl Drop for RunningLoads {
    fn drop(&mut self) {
        self.stop();
    }
}
