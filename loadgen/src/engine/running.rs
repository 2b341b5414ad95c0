//! Loads that are running.

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

/// Loads that are running. Dropping this stops them.
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

    /// The figures so far; up to a tenth of a second old.
    pub fn snapshot(&self) -> Snapshot {
        let threads = |job: usize| {
            let of = self.shared.live.iter().map(move |jobs| &jobs[job]);
            of.map(|live| live.lock().unwrap_or_else(PoisonError::into_inner).clone())
        };
        let jobs = self.shared.jobs.iter().enumerate();
        Snapshot {
            at: Moment::between(self.shared.origin, Instant::now()).0,
            loads: jobs
                .map(|(job, prepared)| LoadSnapshot::of(&prepared.job.name, threads(job)))
                .collect(),
        }
    }

    /// Stops all loads early: no more requests start, and those in flight are waited for at most a
    /// second. Returns at once.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }

    /// Whether all loads have ended.
    pub fn is_over(&self) -> bool {
        self.threads.iter().all(JoinHandle::is_finished)
    }

    /// Waits until all loads have ended, and returns their records in the jobs' order.
    pub fn finish(self) -> Vec<LoadRecord> {
        self.outcomes().into_iter().map(|outcome| outcome.record).collect()
    }

    /// Like [`RunningLoads::finish`], with sums that only the command line shows.
    pub fn outcomes(self) -> Vec<LoadOutcome> {
        let records = self.records().into_iter();
        records.map(|(name, record, trouble)| outcome(&name, record, trouble)).collect()
    }

    /// Like [`RunningLoads::finish`], to be merged with the records of other generators.
    pub fn parts(self) -> Vec<GeneratorRecord> {
        let records = self.records().into_iter();
        records.map(|(name, record, trouble)| GeneratorRecord::new(name, record, trouble)).collect()
    }

    fn records(mut self) -> Vec<(String, WorkerRecord, GeneratorTrouble)> {
        let threads = std::mem::take(&mut self.threads);
        let ended: Vec<Vec<Option<WorkerLoadRecord>>> =
            // A thread that panicked has no records; `sum` reports them as missing.
            threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect();
        let mut loads: Vec<_> = ended.into_iter().map(Vec::into_iter).collect();
        let jobs = self.shared.jobs.iter();
        jobs.filter_map(|prepared| {
            let of_job: Vec<WorkerLoadRecord> =
                loads.iter_mut().filter_map(|loads| loads.next()?).collect();
            let (record, trouble) = self.sum(of_job)?;
            let name = &prepared.job.name;
            let (ok, failed) = (record.totals.ok, record.totals.failures());
            tracing::info!(load = name, ok, failed, "load ended");
            if let Some(trouble) = &trouble.trouble {
                tracing::warn!(load = name, trouble, "the generator itself had trouble");
            }
            Some((name.clone(), record, trouble))
        })
        .collect()
    }

    fn sum(&self, loads: Vec<WorkerLoadRecord>) -> Option<(WorkerRecord, GeneratorTrouble)> {
        let lost = self.shared.threads - loads.len();
        let missing = (lost > 0).then(|| {
            format!("{lost} of the generator's threads failed; their figures are missing")
        });
        let trouble = |load: &WorkerLoadRecord| GeneratorTrouble {
            starved: load.starved,
            elapsed: load.ended.saturating_duration_since(self.shared.origin),
            trouble: load.trouble.clone(),
        };
        let first = GeneratorTrouble { trouble: missing, ..GeneratorTrouble::default() };
        let trouble = loads.iter().map(trouble).fold(first, GeneratorTrouble::and);
        let record = sum(loads.into_iter().map(|load| load.record))?;
        Some((record, trouble))
    }
}

impl Drop for RunningLoads {
    fn drop(&mut self) {
        self.stop();
    }
}
