//! Collections whose items are found by a key.

use std::fmt;

use serde_json::{Value, json};

use super::{JsonPath, RequestTarget};

/// Items of a collection, each with a key by which it belongs to items of others.
#[derive(Debug, Clone)]
pub struct KeyedCollection {
    /// The collection's first page; `_links.next` is followed.
    pub target: RequestTarget,
    /// Where a page holds its items.
    pub items: ItemsPath,
    /// Where an item holds its key.
    pub key: JsonPath,
}

/// Where a document holds items.
#[derive(Debug, Clone)]
pub enum ItemsPath {
    /// Everything that the path finds is an item.
    Each(JsonPath),
    /// What it finds are maps; each of their entries is an item `{key, value}`.
    Entries(JsonPath),
}

/// What was to be a map is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} is {found} and no map: use `items` in place of `entries`")]
pub struct NoMap {
    path: String,
    found: &'static str,
}

impl ItemsPath {
    /// The items of a document.
    ///
    /// # Errors
    /// When there is something else where a map was expected.
    pub fn of(&self, document: &Value) -> Result<Vec<Value>, NoMap> {
        let path = match self {
            Self::Each(path) => return Ok(path.all(document).into_iter().cloned().collect()),
            Self::Entries(path) => path,
        };
        let mut items = Vec::new();
        for found in path.all(document) {
            let Value::Object(entries) = found else {
                return Err(NoMap { path: path.to_string(), found: kind(found) });
            };
            items.extend(entries.iter().map(|(key, value)| json!({"key": key, "value": value})));
        }
        Ok(items)
    }

    /// Where a document should hold the list and does not, such as `$.orders`: a mistyped path
    /// finds as little as an empty list does. `None` where the list is there, or where
    /// nobody can tell.
    pub fn missing_list(&self, document: &Value) -> Option<String> {
        let (Self::Each(path) | Self::Entries(path)) = self;
        let (mut at, mut place) = (document, "$".to_owned());
        for name in path.leading_names() {
            place = format!("{place}.{name}");
            match at.get(name) {
                Some(found) => at = found,
                // An empty page of HAL has no embedded resources at all.
                None if name == "_embedded" && at.get("_links").is_some() => return None,
                None => return Some(place),
            }
        }
        None
    }
}

impl fmt::Display for ItemsPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Each(path) | Self::Entries(path) => write!(out, "{path}"),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).unwrap()
    }

    #[test]
    fn the_entries_of_a_map_are_items_with_their_keys() {
        let document = json!({"orders": {"a": {"n": 1}, "b": 2}, "more": [{"c": 3}], "list": []});
        let entries = |text| ItemsPath::Entries(path(text)).of(&document);
        let two = vec![json!({"key": "a", "value": {"n": 1}}), json!({"key": "b", "value": 2})];
        assert_eq!(entries("$.orders"), Ok(two));
        assert_eq!(entries("$.more[*]"), Ok(vec![json!({"key": "c", "value": 3})]));
        assert_eq!(entries("$.none"), Ok(vec![]));
        let no_map = entries("$.list").unwrap_err();
        assert_eq!(
            no_map.to_string(),
            "$.list is a list and no map: use `items` in place of `entries`"
        );
        assert_eq!(ItemsPath::Each(path("$.orders.*")).of(&document).unwrap().len(), 2);
    }

    #[test]
    fn an_empty_list_is_told_from_one_that_is_not_there() {
        let document = json!({"_embedded": {"orders": []}, "a b": {"c": null}, "_links": {}});
        let missing = |text| ItemsPath::Each(path(text)).missing_list(&document);
        assert_eq!(missing("$._embedded.orders[?@.id == 1]"), None);
        assert_eq!(missing("$._embedded.order[*]"), Some("$._embedded.order".to_owned()));
        assert_eq!(missing("$['a b'][\"c\"][*]"), None);
        assert_eq!(missing("$['a b'].d[0].e"), Some("$.a b.d".to_owned()));
        for unknown in ["$[*]", "$..orders", "$.*.orders"] {
            assert_eq!(missing(unknown), None, "{unknown}");
        }
        let empty = json!({"_links": {"self": {}}});
        let hal = ItemsPath::Each(path("$._embedded.orders[*]"));
        assert_eq!(hal.missing_list(&empty), None);
        assert_eq!(hal.missing_list(&json!({})), Some("$._embedded".to_owned()));
    }
}
