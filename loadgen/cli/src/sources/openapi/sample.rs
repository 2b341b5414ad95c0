//! A value that fits a schema.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::number::number;
use super::reference::{WholeDocument, resolve};
use super::schema::{merged, takes_null};
use super::text::text;

/// How deep values are nested while there is a choice: a schema that holds itself ends here, with a
/// null or an empty list where it takes one.
const DEEPEST: u32 = 8;
/// How deep they are nested without a choice.
const ENDLESS: u32 = 24;
/// The most that one operation's values may take, in bytes: schemas that require themselves twice
/// double with each level.
const MOST_BYTES: usize = 1024 * 1024;
/// The most items or properties that are made up because a schema wants so many.
const MOST_ITEMS: u64 = 1000;

/// Keywords that values are made up without.
const NOT_OBEYED: [&str; 10] = [
    "not",
    "if",
    "contains",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Makes values for one operation.
pub(super) struct Sampler<'d> {
    document: &'d WholeDocument,
    /// How many bytes may still be made.
    left: Cell<usize>,
    is_endless: Cell<bool>,
    unsure: RefCell<BTreeSet<&'static str>>,
}

impl<'d> Sampler<'d> {
    pub fn new(document: &'d WholeDocument) -> Self {
        Self {
            document,
            left: Cell::new(MOST_BYTES),
            is_endless: Cell::default(),
            unsure: RefCell::default(),
        }
    }

    /// Whether a schema requires itself, so that no value is whole.
    pub fn is_endless(&self) -> bool {
        self.is_endless.get()
    }

    /// Keywords that its values may not obey.
    pub fn unsure(&self) -> Vec<&'static str> {
        self.unsure.borrow().iter().copied().collect()
    }

    fn doubt(&self, fits: bool, keywords: &'static str) {
        if !fits {
            self.unsure.borrow_mut().insert(keywords);
        }
    }

    /// Whether its values would have been longer than the bound, and so are not whole.
    pub fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// The value that the document itself gives: an example, the default, the only
    /// or first one allowed.
    pub fn example(&self, of: &Value) -> Option<Value> {
        let many = || match of.get("examples") {
            Some(Value::Array(list)) => list.first().cloned(),
            // One that stands in another file has no `value`.
            Some(Value::Object(named)) => {
                named.values().find_map(|one| resolve(self.document, one).get("value").cloned())
            }
            _ => None,
        };
        let one = |key: &str| of.get(key).cloned();
        let first = || of.get("enum")?.as_array()?.first().cloned();
        let found = one("example").or_else(many).or_else(|| one("default"));
        let found = found.or_else(|| one("const")).or_else(first)?;
        self.spend(found.to_string().len());
        Some(found)
    }

    /// A value that fits a schema.
    pub fn sample(&self, schema: &Value, depth: u32) -> Value {
        self.spend(8);
        let ends = depth > DEEPEST && takes_null(self.document, schema, 0);
        if self.is_exhausted() || ends {
            return Value::Null;
        }
        let schema = merged(self.document, schema, 0);
        let whole = Value::Object(schema);
        if let Some(given) = self.example(&whole) {
            return given;
        }
        let Value::Object(schema) = whole else { return Value::Null };
        if depth > ENDLESS {
            self.is_endless.set(true);
            return Value::Null;
        }
        for keyword in NOT_OBEYED {
            self.doubt(!schema.contains_key(keyword), keyword);
        }
        self.doubt(!schema.contains_key("enum"), "enum");
        match kind(&schema) {
            Some("object") => Value::Object(self.fields(&schema, depth)),
            Some("array") => self.items(&schema, depth),
            Some(kind @ ("integer" | "number")) => {
                let (number, fits) = number(&schema, kind == "integer");
                self.doubt(fits, "the bounds of a number");
                number
            }
            Some("boolean") => Value::Bool(true),
            Some("null") => Value::Null,
            _ => {
                let (text, fits) = text(&schema);
                self.doubt(fits, "the pattern or length of a text");
                self.spend(text.len());
                Value::String(text)
            }
        }
    }

    /// All that must be there, and what has an example. What is only read is not sent.
    fn fields(&self, schema: &Map<String, Value>, depth: u32) -> Map<String, Value> {
        let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        let required: Vec<&str> = list("required").filter_map(Value::as_str).collect();
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let mut fields = Map::new();
        let mut optional = Vec::new();
        for (name, property) in properties {
            let whole = self.document.look(|| merged(self.document, property, 0));
            let whole = Value::Object(whole);
            if whole["readOnly"] == true {
                continue;
            }
            if required.contains(&name.as_str()) || self.example(&whole).is_some() {
                fields.insert(name.clone(), self.sample(property, depth + 1));
            } else {
                optional.push((name, property));
            }
        }
        let further = schema.get("additionalProperties").filter(|one| one.is_object());
        let further = |sampler: &Self| match further {
            Some(schema) => sampler.sample(schema, depth + 1),
            None => Value::String("text".to_owned()),
        };
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            fields.insert((*name).to_owned(), further(self));
        }
        let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
        let least = usize::try_from(least.min(MOST_ITEMS)).unwrap_or(0);
        for (name, property) in optional {
            if fields.len() < least {
                fields.insert(name.clone(), self.sample(property, depth + 1));
            }
        }
        for number in 1..=least {
            if fields.len() < least && !self.is_exhausted() {
                fields.insert(format!("property{number}"), further(self));
            }
        }
        fields
    }

    fn items(&self, schema: &Map<String, Value>, depth: u32) -> Value {
        let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
        let none = Vec::new();
        let first = schema.get("prefixItems").and_then(Value::as_array).unwrap_or(&none);
        let without = u64::from(depth <= DEEPEST);
        let wanted = bound("minItems").unwrap_or(without).max(first.len() as u64);
        let count = wanted.min(bound("maxItems").unwrap_or(u64::MAX)).min(MOST_ITEMS);
        self.doubt(bound("minItems").is_none_or(|least| count >= least), "minItems");
        let item = |place: u64| {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let schema = first.get(place).or_else(|| schema.get("items")).unwrap_or(&Value::Null);
            self.sample(schema, depth + 1)
        };
        let mut items: Vec<Value> = Vec::new();
        for place in 0..count {
            if self.is_exhausted() {
                break;
            }
            let made = item(place);
            let is_double = schema.get("uniqueItems") == Some(&Value::Bool(true));
            items.push(if is_double && items.contains(&made) { other(&made, place) } else { made });
        }
        Value::Array(items)
    }

    fn spend(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes));
    }
}

/// Another value of the same type, for lists without doubles.
fn other(value: &Value, place: u64) -> Value {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number.saturating_add_unsigned(place)),
            None => value.clone(),
        },
        Value::String(text) => Value::String(format!("{text}{place}")),
        other => other.clone(),
    }
}

/// The type, the first that is not null if there are several; objects and arrays may leave it out.
fn kind(schema: &Map<String, Value>) -> Option<&str> {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
    match schema.get("type") {
        Some(Value::String(kind)) => Some(kind),
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null")
        }
        _ if has(&["properties", "required", "minProperties", "additionalProperties"]) => {
            Some("object")
        }
        _ if has(&["items", "prefixItems", "minItems"]) => Some("array"),
        _ if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) => {
            Some("number")
        }
        _ => None,
    }
}
