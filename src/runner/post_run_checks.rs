//! After load and faults: the steps without a time, and what checks read until it is as it must be.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{CheckId, Reading};
use brunt_scenarios::timeline::Timeline;
use tokio::time::{timeout, timeout_at};
use tracing::debug;

use super::context::RunContext;
use super::ledger::{self, EarlierKeys};
use super::reading_error::ReadingError;
use super::stop_signal::StopSignal;
use super::variables::Variables;
use super::{cross_checks, steps, sums};

/// How long a reading may take beyond the time by which all must be as it must be.
const LONGEST_READING: Duration = Duration::from_secs(30);

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(250);

/// What ledgers find before the load, by check.
pub async fn keys_before(
    context: &RunContext<'_>,
    variables: &Variables,
) -> BTreeMap<CheckId, EarlierKeys> {
    let mut before = BTreeMap::new();
    for check in &context.plan().checks {
        if let Some(Reading::Ledger { effects, .. }) = check.claim.needs().reading {
            let keys = ledger::keys(effects, &context.client, variables);
            let keys = match context.stop.unless_requested(timeout(LONGEST_READING, keys)).await {
                Some(Ok(keys)) => keys.map_err(ReadingError::Failed),
                Some(Err(_)) => Err(ReadingError::NoEnd(LONGEST_READING)),
                None => Err(ReadingError::RunEnded),
            };
            let keys = keys.unwrap_or_else(|error| EarlierKeys::unread(&error));
            before.insert(check.id, keys);
        }
    }
    before
}

/// Makes the steps that follow the load, and reads what checks need until all is as it must be, or
/// their time is up.
pub async fn read(
    context: &RunContext<'_>,
    before: &BTreeMap<CheckId, EarlierKeys>,
    variables: &mut Variables,
    timeline: &mut Timeline,
) {
    let since = Instant::now();
    for step in context.plan().steps.iter().filter(|step| step.at.is_none()) {
        timeline.steps.push(steps::perform(step, context, variables, context.origin()).await);
    }
    let reader = Reader { context, before, variables, since };
    for check in &context.plan().checks {
        if let Some(reading) = check.claim.needs().reading {
            reader.read(check.id, reading, timeline).await;
            debug!(check = %check.id, claim = %check.claim, after = ?since.elapsed(), "read");
        }
    }
    if let Some(ending) = context.stop.ending() {
        timeline.ending = ending;
    }
}

struct Reader<'r> {
    context: &'r RunContext<'r>,
    before: &'r BTreeMap<CheckId, EarlierKeys>,
    variables: &'r Variables,
    /// When load and faults were over.
    since: Instant,
}

impl Reader<'_> {
    async fn read(&self, check: CheckId, reading: Reading<'_>, timeline: &mut Timeline) {
        let (client, variables) = (&self.context.client, self.variables);
        match reading {
            Reading::Ledger { of, effects, within } => {
                let Some(load) = timeline.loads.iter().find(|load| load.name == of) else {
                    // The judge says that the effects were never read.
                    return;
                };
                let none = EarlierKeys::default();
                let earlier = self.before.get(&check).unwrap_or(&none);
                let read = async || ledger::read(effects, load, earlier, client, variables).await;
                let read = self.settle(within, read, ledger::Balance::is_settled).await;
                let record = ledger::record(check, (load, earlier), read, self.elapsed());
                timeline.ledgers.push(record);
            }
            Reading::Sum { terms, equals, within } => {
                let read = async || sums::read(terms, equals, client, variables).await;
                let read = self.settle(within, read, sums::Sum::is_settled).await;
                timeline.sums.push(sums::record(check, read, self.elapsed()));
            }
            Reading::CrossCheck(documents) => {
                let loads = &timeline.loads;
                let read = async || cross_checks::read(documents, loads, client, variables).await;
                let is_settled = cross_checks::KeyComparison::is_settled;
                let read = self.settle(documents.within(), read, is_settled).await;
                timeline.agreements.push(cross_checks::record(check, read, self.elapsed()));
            }
        }
    }

    fn elapsed(&self) -> f64 {
        self.since.elapsed().as_secs_f64()
    }

    /// Reads until it is right twice in a row, or the time is up. Once is not enough: a duplicate
    /// may come after the last thing that was missing.
    async fn settle<R: PartialEq, E: Error + 'static>(
        &self,
        within: Duration,
        read: impl AsyncFn() -> Result<R, E>,
        is_settled: impl Fn(&R) -> bool,
    ) -> Result<R, ReadingError<E>> {
        let mut before = None;
        loop {
            let until = (self.since + within + LONGEST_READING).into();
            let read = self.context.stop.unless_requested(timeout_at(until, read())).await;
            let read = match read {
                Some(Ok(read)) => read,
                Some(Err(_)) => return Err(ReadingError::NoEnd(LONGEST_READING)),
                None => return Err(ReadingError::RunEnded),
            };
            let right = read.as_ref().is_ok_and(&is_settled);
            let settled = right && before.as_ref() == read.as_ref().ok();
            if settled || !again(self.since, within, &self.context.stop).await {
                return Ok(read?);
            }
            before = read.ok();
        }
    }
}

/// Waits for the next reading; returns whether there is time for one.
async fn again(since: Instant, within: Duration, stop: &StopSignal) -> bool {
    since.elapsed() + PAUSE < within && stop.sleep_until(tokio::time::Instant::now() + PAUSE).await
}
