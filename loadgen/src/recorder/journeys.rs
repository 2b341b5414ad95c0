//! Records journeys, step by step.
//!
//! Times are kept in sparse histograms: three whole ones for each step would take most of a load's
//! memory.

use brunt_scenarios::timeline::{
    CheckCount, Failure, JourneyRecord, LONGEST, SparseHistogram, StepFigures, histogram,
};
use hdrhistogram::Histogram;

use super::record::has_latency;
use super::sample::Sample;
use crate::job::JourneyScript;

/// The indices of a step and its journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepIndex {
    pub journey: usize,
    pub step: usize,
}

/// How a journey ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JourneyEnd {
    Ok,
    Failed,
    /// The load ended before the journey did.
    Unfinished,
}

/// The figures of a load's journeys on one thread.
#[derive(Debug)]
pub(crate) struct JourneyRecorder {
    records: Vec<JourneyRecord>,
    /// What was meant to start before this is not counted, in microseconds.
    warm_up: u64,
    /// Empty; it rounds values to those that a histogram tells apart.
    buckets: Histogram<u64>,
}

impl JourneyRecorder {
    pub fn new(script: &JourneyScript, warm_up: u64) -> Self {
        let check = |name: String| CheckCount { name, ..CheckCount::default() };
        let step = |(name, checks): (&str, Vec<String>)| StepFigures {
            name: name.to_owned(),
            checks: checks.into_iter().map(check).collect(),
            ..StepFigures::default()
        };
        let records = script.names().map(|(name, steps)| JourneyRecord {
            name: name.to_owned(),
            steps: steps.into_iter().map(step).collect(),
            ..JourneyRecord::default()
        });
        Self { records: records.collect(), warm_up, buckets: histogram() }
    }

    /// Records a step's request, and those of its checks that were made.
    pub fn step(
        &mut self,
        at: StepIndex,
        sample: &Sample,
        failure: Option<Failure>,
        checks: &[bool],
    ) {
        if sample.intended < self.warm_up {
            return;
        }
        let step = &mut self.records[at.journey].steps[at.step];
        match failure {
            None => step.ok += 1,
            Some(failure) => *step.failed.entry(failure).or_default() += 1,
        }
        if has_latency(failure) {
            add(&self.buckets, &mut step.latency, sample.latency);
        }
        add(&self.buckets, &mut step.service_time, sample.service);
        add(&self.buckets, &mut step.lag, sample.lag);
        // Shorter than the list when a check before was not made; what was not made is not counted.
        for (check, passed) in step.checks.iter_mut().zip(checks) {
            check.passed += u64::from(*passed);
            check.failed += u64::from(!*passed);
        }
    }

    /// Records a journey that ended in this step. One that failed has no time as a whole, and skips
    /// the steps that are left.
    pub fn whole(&mut self, last: StepIndex, sample: &Sample, end: JourneyEnd) {
        if sample.intended < self.warm_up {
            return;
        }
        let record = &mut self.records[last.journey];
        match end {
            JourneyEnd::Ok => record.ok += 1,
            JourneyEnd::Unfinished => record.unfinished += 1,
            JourneyEnd::Failed => {
                // Its time is that until the failure, which would make quick failures look like
                // quick journeys.
                record.failed += 1;
                record.steps[last.step + 1..].iter_mut().for_each(|step| step.skipped += 1);
                return;
            }
        }
        add(&self.buckets, &mut record.latency, sample.latency);
        add(&self.buckets, &mut record.service_time, sample.service);
        add(&self.buckets, &mut record.lag, sample.lag);
    }

    pub fn finish(self) -> Vec<JourneyRecord> {
        self.records
    }
}

fn add(buckets: &Histogram<u64>, counts: &mut SparseHistogram, value: u64) {
    counts.add(buckets.highest_equivalent(value.min(LONGEST)), 1);
}

/// Adds another thread's figures.
pub(super) fn merge(sum: &mut [JourneyRecord], others: Vec<JourneyRecord>) {
    for (journey, other) in sum.iter_mut().zip(others) {
        journey.ok += other.ok;
        journey.failed += other.failed;
        journey.unfinished += other.unfinished;
        journey.latency.add_all(other.latency);
        journey.service_time.add_all(other.service_time);
        journey.lag.add_all(other.lag);
        for (step, other) in journey.steps.iter_mut().zip(other.steps) {
            merge_step(step, other);
        }
    }
}

fn merge_step(step: &mut StepFigures, other: StepFigures) {
    step.ok += other.ok;
    step.skipped += other.skipped;
    for (failure, count) in other.failed {
        *step.failed.entry(failure).or_default() += count;
    }
    step.latency.add_all(other.latency);
    step.service_time.add_all(other.service_time);
    step.lag.add_all(other.lag);
    for (check, other) in step.checks.iter_mut().zip(other.checks) {
        check.passed += other.passed;
        check.failed += other.failed;
    }
}
