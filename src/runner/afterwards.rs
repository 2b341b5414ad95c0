//! After load and faults: the steps without a time, and what is read for ledgers, sums, sagas and
//! views until it is as it must be.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use brunt_scenarios::plan::{Claim, Plan};
use brunt_scenarios::timeline::{AgreementRecord, LedgerRecord, SumRecord, Timeline};
use tokio::time::Instant as Then;

use super::calls::Calls;
use super::ledger::{self, Book, Earlier};
use super::setting::Witness;
use super::stop::Stop;
use super::variables::Variables;
use super::{agreement, steps, sums};

/// Between two readings.
const PAUSE: Duration = Duration::from_millis(250);

/// What ledgers find before the load, by their check's place in the plan.
pub async fn before(plan: &Plan, calls: &Calls, variables: &Variables) -> BTreeMap<usize, Earlier> {
    let mut earlier = BTreeMap::new();
    for (check, claim) in plan.checks.iter().map(|check| &check.claim).enumerate() {
        if let Some((_, book, _)) = book(claim) {
            earlier.insert(check, book.keys(calls, variables).await);
        }
    }
    earlier
}

/// Looks at the system until all is as it must be, or its time is up. What is read counts as
/// settled only when it is right twice in a row: a duplicate may come after the last thing
/// that was missing.
pub async fn look(
    plan: &Plan,
    earlier: &BTreeMap<usize, Earlier>,
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
            Claim::Ledger { .. } | Claim::Decoupled { .. } => {
                let none = Earlier::new();
                let earlier = earlier.get(&check).unwrap_or(&none);
                let record =
                    settle_ledger(claim, earlier, timeline, calls, variables, since, stop).await;
                timeline.ledgers.extend(record.map(|record| LedgerRecord { check, ..record }));
            }
            Claim::Conserved { .. } => {
                let record = settle_sum(claim, calls, variables, since, stop).await;
                timeline.sums.extend(record.map(|record| SumRecord { check, ..record }));
            }
            Claim::Saga { within, .. } | Claim::View { within, .. } => {
                let read = async || read_agreement(claim, timeline, calls, variables).await;
                let record = settle(since, *within, stop, read, agreement::is_settled).await;
                let after = since.elapsed().as_secs_f64();
                timeline.agreements.push(AgreementRecord { check, after, ..record });
            }
            _ => {}
        }
    }
    if let Some(ending) = stop.ending() {
        timeline.ending = ending;
    }
}

/// The load, the book and the time of a claim that rests on a ledger.
fn book(claim: &Claim) -> Option<(&str, Book<'_>, Duration)> {
    match claim {
        Claim::Ledger { of, effects, items, key, json, within, .. } => {
            Some((of, Book { effects, items, key, json }, *within))
        }
        Claim::Decoupled { of, effects: rows, json, within, .. } => Some((
            of,
            Book { effects: &rows.target, items: &rows.items, key: &rows.key, json },
            *within,
        )),
        _ => None,
    }
}

async fn settle_ledger(
    claim: &Claim,
    earlier: &Earlier,
    timeline: &Timeline,
    calls: &Calls,
    variables: &Variables,
    since: Instant,
    stop: &Stop,
) -> Option<LedgerRecord> {
    let (of, book, within) = book(claim)?;
    let load = timeline.loads.iter().find(|load| load.name == of)?;
    let read = async || book.read(load, earlier, calls, variables).await;
    let record = settle(since, within, stop, read, ledger::is_settled).await;
    Some(LedgerRecord { after: since.elapsed().as_secs_f64(), ..record })
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
    let unread = |trouble| SumRecord {
        check: 0,
        wanted: 0.0,
        terms: vec![],
        after: 0.0,
        trouble: Some(trouble),
    };
    let read = async || sums::read(terms, equals, calls, variables).await.unwrap_or_else(unread);
    let record = settle(since, *within, stop, read, sums::is_settled).await;
    Some(SumRecord { after: since.elapsed().as_secs_f64(), ..record })
}

async fn read_agreement(
    claim: &Claim,
    timeline: &Timeline,
    calls: &Calls,
    variables: &Variables,
) -> AgreementRecord {
    let record = match claim {
        Claim::Saga { called_off, compensated, .. } => {
            agreement::saga(called_off, compensated, &timeline.loads, calls, variables).await
        }
        Claim::View { of, sources, .. } => agreement::view(of, sources, calls, variables).await,
        _ => Err("this claim is not about documents".to_owned()),
    };
    record.unwrap_or_else(agreement::unread)
}

/// Reads until it is right twice in a row, or the time is up.
async fn settle<R: PartialEq>(
    since: Instant,
    within: Duration,
    stop: &Stop,
    read: impl AsyncFn() -> R,
    is_settled: impl Fn(&R) -> bool,
) -> R {
    let mut before = None;
    loop {
        let record = read().await;
        let settled = is_settled(&record) && before.as_ref() == Some(&record);
        if settled || !again(since, within, stop).await {
            return record;
        }
        before = Some(record);
    }
}

/// Waits for the next reading; says whether there is time for one.
async fn again(since: Instant, within: Duration, stop: &Stop) -> bool {
    since.elapsed() + PAUSE < within && stop.sleep_until(Then::now() + PAUSE).await
}
