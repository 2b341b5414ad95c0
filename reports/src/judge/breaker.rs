//! A circuit breaker's way through its states, by what its owner says of it and by the calls that
//! came by.

use std::time::Duration;

use brunt_scenarios::plan::{Breaker, Quantile};
use brunt_scenarios::timeline::{BreakerRecord, BreakerSpan, BreakerState};
use brunt_scenarios::units::Period;

use super::down::{self, DownSpan};
use super::judged::{Judge, JudgedRun};
use super::latency;
use crate::format;
use crate::verdict::{Finding, Judgement};

/// The share of replies that must be fast while a breaker is open. Fewer requests than 99 % would
/// need, as that time is short.
const FAST: Quantile = Quantile(0.95);

/// A breaker's states at one replica, in order. A trial may be over between two readings; it has
/// been seen all the same when calls came by while the state changed from open to closed.
fn states(spans: &[&BreakerSpan]) -> Vec<BreakerState> {
    let mut states: Vec<BreakerState> = vec![];
    for span in spans {
        let trial = states.last() == Some(&BreakerState::Open)
            && span.state == BreakerState::Closed
            && span.before > 0;
        states.extend(trial.then_some(BreakerState::HalfOpen));
        if states.last() != Some(&span.state) {
            states.push(span.state);
        }
    }
    states
}

impl Judge for Breaker {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let record = run.timeline.breakers.iter().find(|record| record.check == run.check);
        let fast = self.fails_fast.iter();
        let fast = fast.map(|(of, within)| fails_fast(record, run, &self.caller, of, *within));
        std::iter::once(path(record, self.to_string(), &self.path)).chain(fast).collect()
    }
}

fn path(record: Option<&BreakerRecord>, claim: String, wanted: &[BreakerState]) -> Finding {
    let (judgement, measured, evidence) = match usable(record) {
        Err(why) => (Judgement::Inconclusive, "unknown".to_owned(), why.evidence()),
        Ok(record) => of_record(record, wanted),
    };
    Finding { check: None, name: "breaker.path".to_owned(), claim, judgement, measured, evidence }
}

/// Why nothing is known of a breaker's states.
#[derive(Debug, thiserror::Error)]
enum NoReading {
    #[error("the breaker's state was never read")]
    Never,
    #[error("the breaker's state could not be read: {0}")]
    Failed(String),
}

impl NoReading {
    fn evidence(&self) -> String {
        format::sentence(&self.to_string())
    }
}

/// A record with readings, or why there are none.
fn usable(record: Option<&BreakerRecord>) -> Result<&BreakerRecord, NoReading> {
    let record = record.ok_or(NoReading::Never)?;
    match (&record.trouble, record.readings) {
        (Some(trouble), 0) => Err(NoReading::Failed(trouble.clone())),
        (None, 0) => Err(NoReading::Never),
        _ => Ok(record),
    }
}

/// One replica that goes the whole way is enough: each has a breaker of its own, and may get few
/// of the calls.
fn of_record(record: &BreakerRecord, wanted: &[BreakerState]) -> (Judgement, String, String) {
    let replicas = record.by_replica();
    let paths: Vec<(u32, Vec<BreakerState>)> =
        replicas.iter().map(|(replica, spans)| (*replica, states(spans))).collect();
    let found = paths.iter().find(|(_, states)| goes(states, wanted));
    let judgement = if found.is_some() { Judgement::Pass } else { Judgement::Fail };
    // Without one that went the way, the one that did most says most.
    let shown = found.or_else(|| paths.iter().max_by_key(|(_, states)| states.len()));
    let measured = shown.map_or_else(String::new, |(_, states)| words(states));
    let calls = |state| -> u64 {
        record.spans.iter().filter(|span| span.state == state).map(|span| span.calls).sum()
    };
    let evidence = format!(
        "{} of {}: {}. {} came by while it was closed, {} while open.",
        format::counted(record.readings, "reading"),
        format::counted(replicas.len() as u64, "replica"),
        shown.map_or_else(String::new, |(replica, _)| times(&replicas[replica])),
        format::counted(calls(BreakerState::Closed), "call"),
        format::count(calls(BreakerState::Open)),
    );
    (judgement, measured, evidence)
}

/// Whether these states are the wanted ones in order, from the first to the last, with
/// others in between.
fn goes(states: &[BreakerState], wanted: &[BreakerState]) -> bool {
    let mut rest = states.iter();
    let in_order = wanted.iter().all(|state| rest.any(|found| found == state));
    in_order && states.first() == wanted.first() && states.last() == wanted.last()
}

fn words(states: &[BreakerState]) -> String {
    let shown: Vec<String> = states.iter().take(8).map(ToString::to_string).collect();
    let more = if states.len() > 8 { " …" } else { "" };
    format!("{}{more}", shown.join(" → "))
}

fn times(spans: &[&BreakerSpan]) -> String {
    let each: Vec<String> = spans
        .iter()
        .take(8)
        .map(|span| format!("{} from {}", span.state, format::moment(span.from.0)))
        .collect();
    each.join(", ")
}

/// How fast a load's replies come while every replica's breaker is open.
fn fails_fast(
    record: Option<&BreakerRecord>,
    run: &JudgedRun<'_>,
    caller: &str,
    of: &str,
    within: Duration,
) -> Finding {
    let name = "breaker.failsFast".to_owned();
    let claim =
        format!("{of}: latency {FAST} ≤ {} while {caller}'s breaker is open", Period(within));
    let open = |measured: &str, evidence: String| Finding {
        check: None,
        name: name.clone(),
        claim: claim.clone(),
        judgement: Judgement::Inconclusive,
        measured: measured.to_owned(),
        evidence,
    };
    let record = match usable(record) {
        Err(why) => return open("unknown", why.evidence()),
        Ok(record) => record,
    };
    let spans = open_spans(record);
    if spans.is_empty() {
        return open("never open", "The breaker was never seen open.".to_owned());
    }
    let windows = run.load(of).map(|load| down::inside(load, &spans)).unwrap_or_default();
    latency::of_windows(name, claim, &windows, run.timeout(of), (FAST, within))
}

/// When every replica's breaker was open.
fn open_spans(record: &BreakerRecord) -> Vec<DownSpan> {
    let open = |spans: &Vec<&BreakerSpan>| -> Vec<DownSpan> {
        let open = spans.iter().filter(|span| span.state == BreakerState::Open);
        open.map(|span| (span.from.0, span.to.0)).collect()
    };
    let each = record.by_replica();
    each.values().map(open).reduce(|some, others| common(&some, &others)).unwrap_or_default()
}

/// What two lists of spans have in common.
fn common(some: &[DownSpan], others: &[DownSpan]) -> Vec<DownSpan> {
    let both = |one: &DownSpan, other: &DownSpan| (one.0.max(other.0), one.1.min(other.1));
    let pairs = some.iter().flat_map(|one| others.iter().map(move |other| both(one, other)));
    pairs.filter(|(from, to)| from < to).collect()
}
