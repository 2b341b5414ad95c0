//! The ledger: every accepted command held against the effects that are found.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

use brunt_faults::with_causes;
use brunt_scenarios::plan::{CheckId, Effects};
use brunt_scenarios::timeline::{KeySample, LedgerRecord, LoadRecord};
use serde_json::Value;

use super::client::SystemClient;
use super::fetch_items::{ItemsError, fetch_items, key_of};
use super::reading_error::ReadingError;
use super::variables::Variables;

/// How many keys a record names.
const SOME: usize = 10;

/// The keys that effects had before the load: a system that outlives its runs has those
/// of earlier ones.
#[derive(Debug, Default)]
pub struct EarlierKeys {
    keys: HashSet<String>,
    /// Why they were not read.
    trouble: Option<String>,
}

/// Accepted commands held against their effects.
#[derive(Debug, PartialEq)]
pub struct Balance {
    effects: u64,
    missing: KeySample,
    unfinished: KeySample,
    /// What is wrong with one of these.
    objection: Option<String>,
    repeated: KeySample,
    unasked: KeySample,
}

/// One effect: its command's key, and whether it is as it must be.
#[derive(Debug, Clone)]
struct FoundEffect {
    key: String,
    done: bool,
}

impl EarlierKeys {
    /// What there is when they could not be read: it matters only if there are effects which
    /// they could explain.
    pub fn unread(why: &ReadingError<ItemsError>) -> Self {
        Self { keys: HashSet::new(), trouble: Some(with_causes(why)) }
    }
}

/// The keys that are there already.
pub async fn keys(
    effects: &Effects,
    client: &SystemClient,
    variables: &Variables,
) -> Result<EarlierKeys, ItemsError> {
    let rows = &effects.rows;
    let key = |item: Value| Ok::<_, ItemsError>(rows.key.text(&item));
    let keys = fetch_items(client, (&rows.target, &rows.items), variables, key).await?;
    Ok(EarlierKeys { keys: keys.into_iter().flatten().collect(), trouble: None })
}

/// Reads the effects and holds them against the load's accepted commands.
pub async fn read(
    effects: &Effects,
    load: &LoadRecord,
    earlier: &EarlierKeys,
    client: &SystemClient,
    variables: &Variables,
) -> Result<Balance, ItemsError> {
    let rows = &effects.rows;
    let json = variables.conditions(&effects.json);
    // Of one alone: those of millions of effects would fill the memory.
    let objection = OnceLock::new();
    let effect = |item: Value| {
        let key = key_of(rows, &item)?;
        let wrong = json.iter().find_map(|(path, wanted)| path.objection(&item, wanted));
        let done = wrong.is_none();
        if let Some(wrong) = wrong.filter(|_| !earlier.keys.contains(&key)) {
            objection.get_or_init(|| format!("{key}: {wrong}"));
        }
        Ok::<_, ItemsError>(FoundEffect { key, done })
    };
    let mut found = fetch_items(client, (&rows.target, &rows.items), variables, effect).await?;
    found.retain(|effect| !earlier.keys.contains(&effect.key));
    Ok(Balance { objection: objection.into_inner(), ..Balance::of(load, &found) })
}

/// What there is of one key. A system that gives the same key to several commands owes an
/// effect for each.
#[derive(Debug, Default)]
struct OfKey {
    accepted: u64,
    effects: u64,
    /// Effects that are as they must be.
    done: u64,
}

impl OfKey {
    fn missing(&self) -> u64 {
        self.accepted.saturating_sub(self.effects)
    }

    fn unfinished(&self) -> u64 {
        self.accepted.min(self.effects).saturating_sub(self.done)
    }

    /// A key with more effects than commands counts once, however many there are.
    fn repeated(&self) -> u64 {
        u64::from(self.effects > self.accepted.max(1))
    }

    fn unasked(&self) -> u64 {
        u64::from(self.accepted == 0 && self.effects > 0)
    }
}

impl Balance {
    fn of(load: &LoadRecord, effects: &[FoundEffect]) -> Self {
        let mut by_key: BTreeMap<&str, OfKey> = BTreeMap::new();
        for key in &load.accepted {
            by_key.entry(key).or_default().accepted += 1;
        }
        for effect in effects {
            let of_key = by_key.entry(&effect.key).or_default();
            of_key.effects += 1;
            of_key.done += u64::from(effect.done);
        }
        let sample = |count: fn(&OfKey) -> u64| sample(&by_key, count);
        Self {
            effects: effects.len() as u64,
            missing: sample(OfKey::missing),
            unfinished: sample(OfKey::unfinished),
            objection: None,
            repeated: sample(OfKey::repeated),
            unasked: sample(OfKey::unasked),
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
    (load, earlier): (&LoadRecord, &EarlierKeys),
    read: Result<Balance, ReadingError<ItemsError>>,
    after: f64,
) -> LedgerRecord {
    let (balance, trouble) = match read {
        Ok(balance) => (balance, None),
        Err(error) => (Balance::of(load, &[]), Some(with_causes(&error))),
    };
    let Balance { effects, missing, unfinished, objection, repeated, unasked } = balance;
    let (accepted, unknown) = (load.accepted.len() as u64, load.unknown);
    LedgerRecord {
        check,
        accepted,
        unknown,
        effects,
        missing,
        unfinished,
        objection,
        repeated,
        unasked,
        after,
        trouble,
        earlier_trouble: earlier.trouble.clone(),
    }
}

fn sample(all: &BTreeMap<&str, OfKey>, count: fn(&OfKey) -> u64) -> KeySample {
    let mut keys = KeySample::default();
    for (key, of_key) in all {
        let found = count(of_key);
        keys.count += found;
        if found > 0 && keys.some.len() < SOME {
            keys.some.push(match of_key.accepted {
                0 | 1 => (*key).to_owned(),
                accepted => format!("{key}, given to {accepted} commands"),
            });
        }
    }
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
    fn a_key_that_several_commands_were_given_owes_as_many_effects() {
        let same = load(&["1", "1", "1", "2"], 0);
        let record = Balance::of(&same, &[effect("1", true), effect("2", true)]);
        assert_eq!(record.missing.count, 2);
        assert_eq!(record.missing.some, ["1, given to 3 commands"]);
        assert!(!record.is_settled());
        let three = [effect("1", true), effect("1", false), effect("1", true), effect("2", true)];
        let record = Balance::of(&same, &three);
        assert_eq!((record.missing.count, record.unfinished.count), (0, 1));
        assert_eq!(record.repeated.count, 0);
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
