//! The ledger: every accepted command held against the effects that are found.

use std::collections::{HashMap, HashSet};

use brunt_faults::with_causes;
use brunt_scenarios::plan::{CheckId, Effects};
use brunt_scenarios::timeline::{KeySample, LedgerRecord, LoadRecord};
use serde_json::Value;

use super::client::SystemClient;
use super::fetch_items::{ItemsError, fetch_items};
use super::reading_error::ReadingError;
use super::variables::Variables;

/// How many keys a record names.
const SOME: usize = 10;

/// The keys that effects had before the load: a system that outlives its runs has those
/// of earlier ones.
pub type EarlierKeys = HashSet<String>;

/// Accepted commands held against their effects.
#[derive(Debug, PartialEq)]
pub struct Balance {
    effects: u64,
    missing: KeySample,
    unfinished: KeySample,
    repeated: KeySample,
    unasked: KeySample,
}

/// One effect: its command's key, and whether it is as it must be.
#[derive(Debug, Clone)]
struct FoundEffect {
    key: String,
    done: bool,
}

/// The keys that are there already. What cannot be read has none: whether it can be is seen when it
/// matters, after the load.
pub async fn keys(effects: &Effects, client: &SystemClient, variables: &Variables) -> EarlierKeys {
    let Effects { rows, .. } = effects;
    let items = fetch_items(client, &rows.target, &rows.items, variables).await;
    items.unwrap_or_default().iter().filter_map(|item| rows.key.text(item)).collect()
}

/// Reads the effects and holds them against the load's accepted commands.
pub async fn read(
    effects: &Effects,
    load: &LoadRecord,
    earlier: &EarlierKeys,
    client: &SystemClient,
    variables: &Variables,
) -> Result<Balance, ItemsError> {
    let Effects { rows, .. } = effects;
    let items = fetch_items(client, &rows.target, &rows.items, variables).await?;
    let found = items.iter().filter_map(|item| found_effect(effects, item));
    let found: Vec<_> = found.filter(|effect| !earlier.contains(&effect.key)).collect();
    Ok(Balance::of(load, &found))
}

fn found_effect(effects: &Effects, item: &Value) -> Option<FoundEffect> {
    let key = effects.rows.key.text(item)?;
    let done = effects.json.iter().all(|(path, wanted)| path.objection(item, wanted).is_none());
    Some(FoundEffect { key, done })
}

impl Balance {
    fn of(load: &LoadRecord, effects: &[FoundEffect]) -> Self {
        let mut found: HashMap<&str, Vec<bool>> = HashMap::new();
        for effect in effects {
            found.entry(&effect.key).or_default().push(effect.done);
        }
        let accepted: HashSet<&str> = load.accepted.iter().map(String::as_str).collect();
        let of_accepted = |test: fn(&[bool]) -> bool| {
            let done = |key: &&str| test(found.get(key).map_or(&[], Vec::as_slice));
            sample(load.accepted.iter().map(String::as_str).filter(done))
        };
        Self {
            effects: effects.len() as u64,
            missing: of_accepted(<[bool]>::is_empty),
            unfinished: of_accepted(|done| !done.is_empty() && !done.contains(&true)),
            repeated: sample(found.iter().filter(|(_, done)| done.len() > 1).map(|(key, _)| *key)),
            unasked: sample(found.keys().copied().filter(|key| !accepted.contains(key))),
        }
    }

    /// Whether nothing is missing, so that reading again would change nothing.
    pub fn is_settled(&self) -> bool {
        self.missing.count == 0 && self.unfinished.count == 0
    }
}

/// The record of what was read last for a check.
pub fn record(
    check: CheckId,
    load: &LoadRecord,
    read: Result<Balance, ReadingError<ItemsError>>,
    after: f64,
) -> LedgerRecord {
    let (balance, trouble) = match read {
        Ok(balance) => (balance, None),
        Err(error) => (Balance::of(load, &[]), Some(with_causes(&error))),
    };
    let Balance { effects, missing, unfinished, repeated, unasked } = balance;
    let (accepted, unknown) = (load.accepted.len() as u64, load.unknown);
    LedgerRecord {
        check,
        accepted,
        unknown,
        effects,
        missing,
        unfinished,
        repeated,
        unasked,
        after,
        trouble,
    }
}

fn sample<'a>(all: impl Iterator<Item = &'a str>) -> KeySample {
    let mut keys = KeySample::default();
    for key in all {
        keys.count += 1;
        if keys.some.len() < SOME {
            keys.some.push(key.to_owned());
        }
    }
    keys.some.sort();
    keys
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::timeline::{LoadRecord, Schedule, SparseHistogram};

    use super::{Balance, FoundEffect};

    fn load(accepted: &[&str], unknown: u64) -> LoadRecord {
        LoadRecord {
            name: "orders".to_owned(),
            windows: vec![],
            window: 1.0,
            service_time: SparseHistogram::default(),
            lag: SparseHistogram::default(),
            schedule: Schedule::Kept,
            journeys: vec![],
            accepted: accepted.iter().map(|key| (*key).to_owned()).collect(),
            unknown,
        }
    }

    fn effect(key: &str, done: bool) -> FoundEffect {
        FoundEffect { key: key.to_owned(), done }
    }

    #[test]
    fn every_command_once_balances() {
        let record = Balance::of(&load(&["1", "2"], 0), &[effect("2", true), effect("1", true)]);
        assert!(record.is_settled());
        assert_eq!((record.repeated.count, record.unasked.count), (0, 0));
    }

    #[test]
    fn what_is_missing_unfinished_repeated_or_unasked_is_told_apart() {
        let effects = [effect("2", false), effect("3", true), effect("3", true), effect("9", true)];
        let record = Balance::of(&load(&["1", "2", "3"], 1), &effects);
        assert_eq!(record.missing.some, ["1"]);
        assert_eq!(record.unfinished.some, ["2"]);
        assert_eq!(record.repeated.some, ["3"]);
        assert_eq!(record.unasked.some, ["9"]);
        assert!(!record.is_settled());
    }
}
