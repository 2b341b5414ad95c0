//! After load and faults: the steps without a time, and what is read for ledgers and sums until it is as it must be.

use std::time::{Duration, Instant};

use brunt_scenarios::plan::{Claim, Plan};
use brunt_scenarios::timeline::{LedgerRecord, SumRecord, Timeline};
use tokio::time::Instant as Then;

use super::calls::Calls;
use super::ledger::{self, Book};
use super::setting::Witness;
use super::stop::Stop;
use super::variables::Variables;
use super::{steps, sums};

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks at the system until all is as it must be, or its time is up. What is read counts as settled only when it is right
/// twice in a row: a duplicate may come after the last thing that was missing.
pub async fn look(
    plan: &Plan,
    calls: &Calls,
    variables: &mut Variables,
    timeline: &mut Timeline,
    witness: &Witness,
    stop: &Stop,
) {
    let since = Instant::now();
    for step in plan.steps.iter().filter(|step| step.at.is_none()) {
        timeline.steps.push(steps::perform(step, calls, variables, witness.origin(), stop).await);
    }
    for (check, claim) in plan.checks.iter().map(|check| &check.claim).enumerate() {
        match claim {
            Claim::Ledger { .. } => {
                let record = settle_ledger(claim, timeline, calls, variables, since, stop).await;
                timeline.ledgers.extend(record.map(|record| LedgerRecord { check, ..record }));
            }
            Claim::Conserved { .. } => {
                let record = settle_sum(claim, calls, variables, since, stop).await;
                timeline.sums.extend(record.map(|record| SumRecord { check, ..record }));
            }
            _ => {}
        }
    }
    if let Some(ending) = stop.ending() {
        timeline.ending = ending;
    }
}

async fn settle_ledger(
    claim: &Claim,
    timeline: &Timeline,
    calls: &Calls,
    variables: &Variables,
    since: Instant,
    stop: &Stop,
) -> Option<LedgerRecord> {
    let Claim::Ledger { of, effects, items, key, json, within, .. } = claim else {
        return None;
    };
    let load = timeline.loads.iter().find(|load| load.name == *of)?;
    let book = Book { effects, items, key, json };
    let mut before = None;
    loop {
        let record = book.read(load, calls, variables).await;
        let settled = ledger::is_settled(&record) && before.as_ref() == Some(&record);
        if settled || !again(since, *within, stop).await {
            return Some(LedgerRecord { after: since.elapsed().as_secs_f64(), ..record });
        }
        before = Some(record);
    }
}

async fn settle_sum(
    claim: &Claim,
    calls: &Calls,
    variables: &Variables,
    since: Instant,
    stop: &Stop,
) -> Option<SumRecord> {
    let Claim::Conserved { terms, equals, within, .. } = claim else {
        return None;
    };
    let mut before = None;
    loop {
        let record = sums::read(terms, equals, calls, variables).await.unwrap_or_else(|trouble| SumRecord {
            check: 0,
            wanted: 0.0,
            terms: vec![],
            after: 0.0,
            trouble: Some(trouble),
        });
        let settled = sums::is_settled(&record) && before.as_ref() == Some(&record);
        if settled || !again(since, *within, stop).await {
            return Some(SumRecord { after: since.elapsed().as_secs_f64(), ..record });
        }
        before = Some(record);
    }
}

/// Waits for the next reading; says whether there is time for one.
async fn again(since: Instant, within: Duration, stop: &Stop) -> bool {
    since.elapsed() + PAUSE < within && stop.sleep_until(Then::now() + PAUSE).await
}
