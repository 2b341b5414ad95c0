//! The comparison itself, of what has been read.

use std::collections::{BTreeMap, BTreeSet};

use brunt_scenarios::plan::{CheckId, Fold, JsonPath, ViewField, ViewSource};
use brunt_scenarios::timeline::{AgreementRecord, KeySample};
use serde_json::Value;

/// How many keys a record names.
const SOME: usize = 10;

/// An item and its key.
#[derive(Debug, Clone)]
pub struct KeyedItem {
    pub key: String,
    pub item: Value,
}

/// What is found wrong, by key; each key counts once.
#[derive(Debug, Default, PartialEq)]
pub struct KeyComparison {
    keys: BTreeSet<String>,
    missing: BTreeMap<String, String>,
    different: BTreeMap<String, String>,
    unasked: BTreeMap<String, String>,
}

impl KeyComparison {
    /// These keys must be found.
    pub fn of(keys: impl IntoIterator<Item = String>) -> Self {
        Self { keys: keys.into_iter().collect(), ..Self::default() }
    }

    /// Holds what is found in one place against the keys: each must be there and as it must be, or
    /// must not be there.
    pub fn compensated(
        &mut self,
        place: &str,
        found: &[KeyedItem],
        json: Option<&[(JsonPath, Value)]>,
    ) {
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

    /// Whether all agrees, so that reading again would change nothing.
    pub fn is_settled(&self) -> bool {
        let wrong = self.missing.len() + self.different.len() + self.unasked.len();
        !self.keys.is_empty() && wrong == 0
    }

    /// The record of what was found for a check.
    pub fn record(self, check: CheckId, after: f64, trouble: Option<String>) -> AgreementRecord {
        AgreementRecord {
            check,
            keys: self.keys.len() as u64,
            missing: keys(self.missing),
            different: keys(self.different),
            unasked: keys(self.unasked),
            after,
            trouble,
        }
    }
}

/// Holds a view's rows against its sources' items.
pub fn view(rows: &[KeyedItem], sources: &[(&ViewSource, Vec<KeyedItem>)]) -> KeyComparison {
    let keys = sources.iter().flat_map(|(_, items)| items.iter().map(|item| item.key.clone()));
    let mut comparison = KeyComparison::of(keys);
    let shown = by_key(rows);
    for (key, of_key) in &shown {
        if !comparison.keys.contains(*key) {
            comparison.unasked.insert((*key).to_owned(), (*key).to_owned());
        } else if of_key.len() > 1 {
            let why = format!("{key}: {} rows", of_key.len());
            comparison.different.insert((*key).to_owned(), why);
        }
    }
    for key in comparison.keys.iter().filter(|key| !shown.contains_key(key.as_str())) {
        comparison.missing.insert(key.clone(), key.clone());
    }
    for (source, items) in sources {
        for (key, held) in by_key(items) {
            let row = shown.get(key).and_then(|rows| rows.first());
            let wrong = row.and_then(|row| {
                source.fields.iter().find_map(|field| difference(field, row, &held))
            });
            if let Some(why) = wrong {
                comparison
                    .different
                    .entry(key.to_owned())
                    .or_insert_with(|| format!("{key}: {why}"));
            }
        }
    }
    comparison
}

/// The first field that not one of a source's items has: a mistyped path. Every view would agree
/// with it that lacks the field, too.
pub fn field_without_values<'s>(
    source: &'s ViewSource,
    items: &[KeyedItem],
) -> Option<&'s ViewField> {
    let has = |field: &ViewField| items.iter().any(|one| !field.held.all(&one.item).is_empty());
    source.fields.iter().find(|field| !items.is_empty() && !has(field))
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

fn by_key(items: &[KeyedItem]) -> BTreeMap<&str, Vec<&Value>> {
    let mut all: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for KeyedItem { key, item } in items {
        all.entry(key).or_default().push(item);
    }
    all
}

fn keys(all: BTreeMap<String, String>) -> KeySample {
    KeySample { count: all.len() as u64, some: all.into_values().take(SOME).collect() }
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::plan::{ItemsPath, KeyedCollection, RequestTarget};
    use serde_json::json;

    use super::*;

    fn recorded(comparison: KeyComparison) -> AgreementRecord {
        comparison.record(CheckId(0), 0.0, None)
    }

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).unwrap()
    }

    fn items(all: &[(&str, Value)]) -> Vec<KeyedItem> {
        all.iter()
            .map(|(key, item)| KeyedItem { key: (*key).to_owned(), item: item.clone() })
            .collect()
    }

    fn source(fields: Vec<ViewField>) -> ViewSource {
        let target = RequestTarget { service: "order".to_owned(), path: "/orders".to_owned() };
        ViewSource {
            rows: KeyedCollection {
                target,
                items: ItemsPath::Each(path("$[*]")),
                key: path("$.id"),
            },
            fields,
        }
    }

    fn field(shown: &str, fold: Fold, held: &str) -> ViewField {
        ViewField { shown: path(shown), fold, held: path(held) }
    }

    #[test]
    fn what_is_canceled_is_compensated_everywhere() {
        let mut comparison = KeyComparison::of(["1", "2", "3"].map(str::to_owned));
        let paid = items(&[("1", json!({"s": "Back"})), ("2", json!({"s": "Paid"}))]);
        comparison.compensated("pay", &paid, Some(&[(path("$.s"), json!("Back"))]));
        comparison.compensated("rider", &items(&[("3", json!({}))]), None);
        let record = recorded(comparison);
        assert_eq!(
            (record.keys, record.missing.some, record.unasked.some),
            (3, vec!["3 in pay".to_owned()], vec!["3 in rider".to_owned()])
        );
        assert_eq!(record.different.some, ["2 in pay: $.s is \"Paid\", not \"Back\""]);
    }

    #[test]
    fn a_field_that_no_item_of_a_source_has_is_found() {
        let fields = || {
            vec![field("$.status", Fold::Last, "$.status"), field("$.n", Fold::Count, "$.items[*]")]
        };
        let orders = source(fields());
        let none = |all: &[(&str, Value)]| {
            field_without_values(&orders, &items(all)).map(|one| one.held.to_string())
        };
        assert_eq!(none(&[]), None, "nothing is known without items");
        let whole = ("1", json!({"status": "Done", "items": [7]}));
        assert_eq!(none(&[("2", json!({"items": []})), whole]), None, "one item is enough");
        assert_eq!(none(&[("1", json!({"state": "Done", "items": [7]}))]), Some("$.status".into()));
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
        let record = recorded(view(&items(&good), &held));
        assert_eq!(
            (record.keys, record.different.count, record.missing.count, record.unasked.count),
            (2, 0, 0, 0)
        );
        let bad = [("1", json!({"status": "Done", "points": 3, "times": 1})), ("9", json!({}))];
        let record = recorded(view(&items(&bad), &held));
        assert_eq!(
            (record.missing.some, record.unasked.some),
            (vec!["2".to_owned()], vec!["9".to_owned()])
        );
        assert_eq!(record.different.some, ["1: $.points is 3, not 7.0"]);
        let twice = [good[0].clone(), good[1].clone(), good[1].clone()];
        assert_eq!(recorded(view(&items(&twice), &held)).different.some, ["2: 2 rows"]);
    }
}
