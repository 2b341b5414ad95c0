//! The ledger: every accepted command held against the effects that are found.

use std::collections::{HashMap, HashSet};

use brunt_scenarios::plan::{JsonPath, RequestTarget};
use brunt_scenarios::timeline::{KeySample, LedgerRecord, LoadRecord};
use serde_json::Value;

use super::calls::Calls;
use super::collection;
use super::variables::Variables;

/// How many keys a record names.
const SOME: usize = 10;

/// Where and what a ledger's effects are.
pub struct Book<'a> {
    /// The collection.
    pub effects: &'a RequestTarget,
    /// Its items.
    pub items: &'a JsonPath,
    /// The command's key in an item.
    pub key: &'a JsonPath,
    /// What must be true of an item.
    pub json: &'a [(JsonPath, Value)],
}

/// The keys that effects had before the load: a system that outlives its runs has those
/// of earlier ones.
pub type Earlier = HashSet<String>;

/// One effect: its command's key, and whether it is as it must be.
#[derive(Debug, Clone)]
struct Effect {
    key: String,
    done: bool,
}

impl Book<'_> {
    /// The keys that are there already. What cannot be read has none: whether it can be is seen
    /// when it matters.
    pub async fn keys(&self, calls: &Calls, variables: &Variables) -> Earlier {
        let items =
            collection::read(calls, self.effects, self.items, variables).await.unwrap_or_default();
        items.iter().filter_map(|item| self.key.text(item)).collect()
    }

    /// Reads the effects and holds them against the load's accepted commands.
    pub async fn read(
        &self,
        load: &LoadRecord,
        earlier: &Earlier,
        calls: &Calls,
        variables: &Variables,
    ) -> LedgerRecord {
        match collection::read(calls, self.effects, self.items, variables).await {
            Ok(items) => {
                let effects = items.iter().filter_map(|item| self.effect(item));
                balance(
                    load,
                    &effects.filter(|effect| !earlier.contains(&effect.key)).collect::<Vec<_>>(),
                )
            }
            Err(trouble) => LedgerRecord { trouble: Some(trouble), ..balance(load, &[]) },
        }
    }

    fn effect(&self, item: &Value) -> Option<Effect> {
        let key = self.key.text(item)?;
        let done = self.json.iter().all(|(path, wanted)| path.objection(item, wanted).is_none());
        Some(Effect { key, done })
    }
}

/// Whether nothing is missing, so that reading again would change nothing.
pub fn is_settled(record: &LedgerRecord) -> bool {
    record.trouble.is_none() && record.missing.count == 0 && record.unfinished.count == 0
}

fn balance(load: &LoadRecord, effects: &[Effect]) -> LedgerRecord {
    let mut found: HashMap<&str, Vec<bool>> = HashMap::new();
    for effect in effects {
        found.entry(&effect.key).or_default().push(effect.done);
    }
    let accepted: HashSet<&str> = load.accepted.iter().map(String::as_str).collect();
    let of_accepted = |test: fn(&[bool]) -> bool| {
        keys(
            load.accepted
                .iter()
                .map(String::as_str)
                .filter(|key| test(found.get(key).map_or(&[], Vec::as_slice))),
        )
    };
    LedgerRecord {
        check: 0,
        accepted: load.accepted.len() as u64,
        unknown: load.unknown,
        effects: effects.len() as u64,
        missing: of_accepted(<[bool]>::is_empty),
        unfinished: of_accepted(|done| !done.is_empty() && !done.contains(&true)),
        repeated: keys(found.iter().filter(|(_, done)| done.len() > 1).map(|(key, _)| *key)),
        unasked: keys(found.keys().copied().filter(|key| !accepted.contains(key))),
        after: 0.0,
        trouble: None,
    }
}

fn keys<'a>(all: impl Iterator<Item = &'a str>) -> KeySample {
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

    use super::{Effect, balance, is_settled};

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

    fn effect(key: &str, done: bool) -> Effect {
        Effect { key: key.to_owned(), done }
    }

    #[test]
    fn every_command_once_balances() {
        let record = balance(&load(&["1", "2"], 0), &[effect("2", true), effect("1", true)]);
        assert!(is_settled(&record));
        assert_eq!((record.repeated.count, record.unasked.count), (0, 0));
    }

    #[test]
    fn what_is_missing_unfinished_repeated_or_unasked_is_told_apart() {
        let effects = [effect("2", false), effect("3", true), effect("3", true), effect("9", true)];
        let record = balance(&load(&["1", "2", "3"], 1), &effects);
        assert_eq!(record.missing.some, ["1"]);
        assert_eq!(record.unfinished.some, ["2"]);
        assert_eq!(record.repeated.some, ["3"]);
        assert_eq!(record.unasked.some, ["9"]);
        assert!(!is_settled(&record));
    }
}
