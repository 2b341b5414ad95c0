//! The comparison itself, of what has been read.

use std::collections::{BTreeMap, BTreeSet};

use brunt_scenarios::plan::{Fold, JsonPath, ViewField, ViewSource};
use brunt_scenarios::timeline::{AgreementRecord, KeySample};
use serde_json::Value;

/// How many keys a record names.
const SOME: usize = 10;

/// An item and its key.
#[derive(Debug, Clone)]
pub struct Item {
    pub key: String,
    pub item: Value,
}

/// What is found wrong, by key; each key counts once.
#[derive(Debug, Default)]
pub struct Agreement {
    keys: BTreeSet<String>,
    missing: BTreeMap<String, String>,
    different: BTreeMap<String, String>,
    unasked: BTreeMap<String, String>,
}

impl Agreement {
    /// These keys must be found.
    pub fn of(keys: impl IntoIterator<Item = String>) -> Self {
        Self { keys: keys.into_iter().collect(), ..Self::default() }
    }

    /// Holds what is found in one place against the keys: each must be there and as it must be, or
    /// must not be there.
    pub fn compensated(&mut self, place: &str, found: &[Item], json: Option<&[(JsonPath, Value)]>) {
        let by_key = by_key(found);
        for key in &self.keys {
            let of_key = by_key.get(key.as_str()).map_or(&[][..], Vec::as_slice);
            match (of_key, json) {
                ([], Some(_)) => {
                    self.missing.entry(key.clone()).or_insert_with(|| format!("{key} in {place}"));
                }
                ([], None) => {}
                (_, None) => {
                    self.unasked.entry(key.clone()).or_insert_with(|| format!("{key} in {place}"));
                }
                (of_key, Some(json)) => {
                    let objection = of_key.iter().find_map(|item| objection(item, json));
                    if let Some(why) = objection {
                        self.different
                            .entry(key.clone())
                            .or_insert_with(|| format!("{key} in {place}: {why}"));
                    }
                }
            }
        }
    }

    pub fn record(self) -> AgreementRecord {
        AgreementRecord {
            check: 0,
            keys: self.keys.len() as u64,
            missing: keys(self.missing),
            different: keys(self.different),
            unasked: keys(self.unasked),
            after: 0.0,
            trouble: None,
        }
    }
}

/// Holds a view's rows against its sources' items.
pub fn view(rows: &[Item], sources: &[(&ViewSource, Vec<Item>)]) -> AgreementRecord {
    let keys = sources.iter().flat_map(|(_, items)| items.iter().map(|item| item.key.clone()));
    let mut agreement = Agreement::of(keys);
    let shown = by_key(rows);
    for (key, of_key) in &shown {
        if !agreement.keys.contains(*key) {
            agreement.unasked.insert((*key).to_owned(), (*key).to_owned());
        } else if of_key.len() > 1 {
            let why = format!("{key}: {} rows", of_key.len());
            agreement.different.insert((*key).to_owned(), why);
        }
    }
    for key in agreement.keys.iter().filter(|key| !shown.contains_key(key.as_str())) {
        agreement.missing.insert(key.clone(), key.clone());
    }
    for (source, items) in sources {
        for (key, held) in by_key(items) {
            let row = shown.get(key).and_then(|rows| rows.first());
            let wrong = row.and_then(|row| {
                source.fields.iter().find_map(|field| difference(field, row, &held))
            });
            if let Some(why) = wrong {
                agreement
                    .different
                    .entry(key.to_owned())
                    .or_insert_with(|| format!("{key}: {why}"));
            }
        }
    }
    agreement.record()
}

/// What a row shows otherwise than its source holds it.
fn difference(field: &ViewField, row: &Value, held: &[&Value]) -> Option<String> {
    let wanted = folded(field, held);
    let found = field.shown.all(row).first().map_or(Value::Null, |value| (*value).clone());
    (!same(&found, &wanted)).then(|| format!("{} is {found}, not {wanted}", field.shown))
}

fn folded(field: &ViewField, held: &[&Value]) -> Value {
    let values = || held.iter().flat_map(|item| field.held.all(item));
    match field.fold {
        Fold::Last => values().last().cloned().unwrap_or(Value::Null),
        Fold::Count => values().count().into(),
        Fold::Sum => values().filter_map(Value::as_f64).sum::<f64>().into(),
    }
}

/// Numbers are the same when they differ in their last bits only; a key may be a number here and
/// a text there.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        _ => plain(one) == plain(other),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn objection(item: &Value, json: &[(JsonPath, Value)]) -> Option<String> {
    json.iter().find_map(|(path, wanted)| path.objection(item, wanted))
}

fn by_key(items: &[Item]) -> BTreeMap<&str, Vec<&Value>> {
    let mut all: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for Item { key, item } in items {
        all.entry(key).or_default().push(item);
    }
    all
}

fn keys(all: BTreeMap<String, String>) -> KeySample {
    KeySample { count: all.len() as u64, some: all.into_values().take(SOME).collect() }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::plan::{KeyedCollection, RequestTarget};
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).unwrap()
    }

    fn items(all: &[(&str, Value)]) -> Vec<Item> {
        all.iter().map(|(key, item)| Item { key: (*key).to_owned(), item: item.clone() }).collect()
    }

    fn source(fields: Vec<ViewField>) -> ViewSource {
        let target = RequestTarget { service: "order".to_owned(), path: "/orders".to_owned() };
        ViewSource {
            rows: KeyedCollection { target, items: path("$[*]"), key: path("$.id") },
            fields,
        }
    }

    fn field(shown: &str, fold: Fold, held: &str) -> ViewField {
        ViewField { shown: path(shown), fold, held: path(held) }
    }

    #[test]
    fn what_is_called_off_is_made_good_everywhere() {
        let mut agreement = Agreement::of(["1", "2", "3"].map(str::to_owned));
        let paid = items(&[("1", json!({"s": "Back"})), ("2", json!({"s": "Paid"}))]);
        agreement.compensated("pay", &paid, Some(&[(path("$.s"), json!("Back"))]));
        agreement.compensated("rider", &items(&[("3", json!({}))]), None);
        let record = agreement.record();
        assert_eq!(
            (record.keys, record.missing.some, record.unasked.some),
            (3, vec!["3 in pay".to_owned()], vec!["3 in rider".to_owned()])
        );
        assert_eq!(record.different.some, ["2 in pay: $.s is \"Paid\", not \"Back\""]);
    }

    #[test]
    fn a_view_is_the_fold_of_its_sources() {
        let orders = source(vec![field("$.status", Fold::Last, "$.status")]);
        let points =
            source(vec![field("$.points", Fold::Sum, "$.n"), field("$.times", Fold::Count, "$.n")]);
        let held = [
            (&orders, items(&[("1", json!({"status": "Done"})), ("2", json!({"status": "Done"}))])),
            (&points, items(&[("1", json!({"n": 3})), ("1", json!({"n": 4}))])),
        ];
        let good = [
            ("1", json!({"status": "Done", "points": 7.0, "times": 2})),
            ("2", json!({"status": "Done"})),
        ];
        let record = view(&items(&good), &held);
        assert_eq!(
            (record.keys, record.different.count, record.missing.count, record.unasked.count),
            (2, 0, 0, 0)
        );
        let bad = [("1", json!({"status": "Done", "points": 3, "times": 1})), ("9", json!({}))];
        let record = view(&items(&bad), &held);
        assert_eq!(
            (record.missing.some, record.unasked.some),
            (vec!["2".to_owned()], vec!["9".to_owned()])
        );
        assert_eq!(record.different.some, ["1: $.points is 3, not 7.0"]);
        let twice = [good[0].clone(), good[1].clone(), good[1].clone()];
        assert_eq!(view(&items(&twice), &held).different.some, ["2: 2 rows"]);
    }
}
