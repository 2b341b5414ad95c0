//! A value that fits a schema.

use serde_json::{Map, Value};

use super::reference::resolve;

/// How deep schemas are followed; one that holds itself would have no end.
const DEEPEST: u32 = 8;

/// The value that the document itself gives: an example, the default, the only or
/// first one allowed.
pub(super) fn example(document: &Value, of: &Value) -> Option<Value> {
    let many = || match of.get("examples") {
        Some(Value::Array(list)) => list.first().cloned(),
        Some(Value::Object(named)) => {
            named.values().next().map(|one| resolve(document, one)["value"].clone())
        }
        _ => None,
    };
    let one = |key: &str| of.get(key).cloned();
    let first = || of.get("enum")?.as_array()?.first().cloned();
    one("example").or_else(many).or_else(|| one("default")).or_else(|| one("const")).or_else(first)
}

/// A value that fits a schema.
pub(super) fn sample(document: &Value, schema: &Value, depth: u32) -> Value {
    let schema = resolve(document, schema);
    if let Some(given) = example(document, schema) {
        return given;
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    let parts = |key: &str| schema[key].as_array().into_iter().flatten();
    // Any of the choices is valid, so the first one will do.
    if let Some(choice) = parts("oneOf").chain(parts("anyOf")).next() {
        return sample(document, choice, depth + 1);
    }
    let mut object = Map::new();
    for part in parts("allOf") {
        match sample(document, part, depth + 1) {
            Value::Object(fields) => object.extend(fields),
            other => return other,
        }
    }
    match kind(schema) {
        Some("object") => {
            object.extend(fields(document, schema, depth));
            Value::Object(object)
        }
        _ if !object.is_empty() => Value::Object(object),
        Some("array") => Value::Array(vec![sample(document, &schema["items"], depth + 1)]),
        Some("integer" | "number") => number(schema),
        Some("boolean") => Value::Bool(true),
        Some("null") => Value::Null,
        _ => Value::String(text(schema)),
    }
}

/// The type, the first that is not null if there are several; objects and arrays may leave it out.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ if schema.get("properties").is_some() => Some("object"),
        _ if schema.get("items").is_some() => Some("array"),
        _ => None,
    }
}

/// All that must be there, and what has an example. What is only read is not sent.
fn fields(document: &Value, schema: &Value, depth: u32) -> Map<String, Value> {
    let required = schema["required"].as_array();
    let is_required =
        |name: &str| required.is_some_and(|names| names.iter().any(|one| one == name));
    let all = schema["properties"].as_object().into_iter().flatten();
    let wanted = all.filter_map(|(name, field)| {
        let field = resolve(document, field);
        let sent =
            field["readOnly"] != true && (is_required(name) || example(document, field).is_some());
        sent.then(|| (name.clone(), sample(document, field, depth + 1)))
    });
    wanted.collect()
}

/// The least that is allowed, 1 without one. `exclusiveMinimum` is a flag in 3.0 and a
/// number in 3.1.
fn number(schema: &Value) -> Value {
    let above =
        |least: &Value| least.as_i64().map_or(least.clone(), |least| Value::from(least + 1));
    match (&schema["minimum"], &schema["exclusiveMinimum"]) {
        (_, least @ Value::Number(_)) => above(least),
        (Value::Null, _) => Value::from(1),
        (least, Value::Bool(true)) => above(least),
        (least, _) => least.clone(),
    }
}

fn text(schema: &Value) -> String {
    let text = match schema["format"].as_str() {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("email") => "user@example.com",
        Some("uri" | "url") => "https://example.com/",
        Some("ipv4") => "192.0.2.1",
        _ => "text",
    };
    let length = |key: &str| schema[key].as_u64().and_then(|length| usize::try_from(length).ok());
    let least = length("minLength").unwrap_or(0).min(1024);
    let text: String =
        text.chars().chain(std::iter::repeat('x')).take(least.max(text.len())).collect();
    text.chars().take(length("maxLength").unwrap_or(usize::MAX)).collect()
}
