//! JSON schemas of what is sent and answered.

use serde_json::{Map, Value, json};

/// The schema of any text.
#[must_use]
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// The schema of a text that is not blank.
#[must_use]
pub fn word() -> Value {
    json!({ "type": "string", "pattern": "\\S" })
}

/// The schema of a text that is one of these.
#[must_use]
pub fn one_of(texts: &[&str]) -> Value {
    json!({ "type": "string", "enum": texts })
}

/// The schema of a boolean.
#[must_use]
pub fn truth() -> Value {
    json!({ "type": "boolean" })
}

/// The schema that any JSON value matches.
#[must_use]
pub fn anything() -> Value {
    json!({})
}

/// A whole number from `least`. In a body it may be written as a text, as httpie does.
#[must_use]
pub fn whole(least: i64) -> Value {
    whole_to(least, i64::MAX)
}

/// A whole number from `least` to `most`.
#[must_use]
pub fn whole_to(least: i64, most: i64) -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most })
}

/// The same schema, or null.
#[must_use]
pub fn maybe(schema: Value) -> Value {
    json!({ "anyOf": Value::Array(vec![schema, json!({ "type": "null" })]) })
}

/// What a request sends; what is marked with `*` is required. Nothing else is taken.
#[must_use]
pub fn body(properties: &[(&str, Value)]) -> Value {
    let name = |property: &str| property.trim_end_matches('*').to_owned();
    let schemas: Map<String, Value> =
        properties.iter().map(|(property, schema)| (name(property), as_sent(schema))).collect();
    let required: Vec<String> = properties
        .iter()
        .filter(|(property, _)| property.ends_with('*'))
        .map(|(p, _)| name(p))
        .collect();
    json!({
        "type": "object",
        "properties": schemas,
        "required": required,
        "additionalProperties": false,
    })
}

/// What an answer shows, its id first; what is marked with `?` may be missing.
#[must_use]
pub fn fields(properties: &[(&str, Value)]) -> Value {
    let name = |property: &str| property.trim_end_matches('?').to_owned();
    let schemas: Map<String, Value> =
        properties.iter().map(|(property, schema)| (name(property), schema.clone())).collect();
    let required: Vec<String> = properties
        .iter()
        .filter(|(property, _)| !property.ends_with('?'))
        .map(|(p, _)| name(p))
        .collect();
    json!({ "type": "object", "properties": schemas, "required": required })
}

/// A number may come as a text.
fn as_sent(schema: &Value) -> Value {
    if let Some(alternatives) = schema["anyOf"].as_array() {
        return json!({ "anyOf": alternatives.iter().map(as_sent).collect::<Vec<_>>() });
    }
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) => {
            let text = json!({ "type": "string", "pattern": number_as_text(least, most) });
            json!({ "anyOf": [schema, text] })
        }
        _ => schema.clone(),
    }
}

/// Matches only what is in the range, though not everything: a pattern cannot count.
fn number_as_text(least: i64, most: i64) -> String {
    if (0..10).contains(&most) {
        return format!("^[{}-{most}]$", least.max(0));
    }
    let digits = most.to_string().len() - 1;
    match least {
        ..0 => format!("^-?[0-9]{{1,{digits}}}$"),
        0 => format!("^[0-9]{{1,{digits}}}$"),
        _ => format!("^[1-9][0-9]{{0,{}}}$", digits - 1),
    }
}

pub(super) fn id() -> Value {
    whole(1)
}

pub(super) fn problem() -> Value {
    let status = json!({ "type": "integer" });
    fields(&[
        ("timestamp", text()),
        ("status", status),
        ("error", text()),
        ("message", text()),
        ("path", text()),
    ])
}

fn links() -> Value {
    let link = json!({ "type": "object", "properties": { "href": text() }, "required": ["href"] });
    json!({
        "type": "object",
        "properties": { "self": link },
        "required": ["self"],
        "additionalProperties": link,
    })
}

pub(super) fn item(fields: &Value) -> Value {
    let mut item = fields.clone();
    item["properties"]["_links"] = links();
    if let Some(required) = item["required"].as_array_mut() {
        required.push(json!("_links"));
    }
    item["additionalProperties"] = json!(false);
    item
}

pub(super) fn page(name: &str, of: &Value) -> Value {
    let items = json!({ "type": "array", "items": item(of) });
    let count = || whole(0);
    let page = fields(&[
        ("size", whole(1)),
        ("totalElements", count()),
        ("totalPages", count()),
        ("number", json!({ "type": "integer", "minimum": 0 })),
    ]);
    fields(&[("_embedded", fields(&[(name, items)])), ("_links", links()), ("page", page)])
}

/// As in Spring, a parameter that cannot be read counts as missing.
pub(super) fn paging() -> [Value; 3] {
    let parameter = |name: &str, meaning: &str, usual: Value| {
        let schema = json!({ "anyOf": [usual, text()] });
        json!({ "name": name, "in": "query", "description": meaning, "schema": schema })
    };
    [
        parameter("page", "From 0", json!({ "type": "integer", "minimum": 0, "default": 0 })),
        parameter(
            "size",
            "Items on a page",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 20 }),
        ),
        parameter(
            "sort",
            "A field, and asc or desc: status,desc",
            json!({ "type": "string", "pattern": "^\\w+(,(asc|desc))?$" }),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_sent_may_be_a_text_within_its_range() {
        assert_eq!(number_as_text(1, 5), "^[1-5]$");
        assert_eq!(number_as_text(1, 1_000_000_000), "^[1-9][0-9]{0,8}$");
        assert_eq!(number_as_text(0, i64::MAX), "^[0-9]{1,18}$");
        assert_eq!(number_as_text(i64::MIN, i64::MAX), "^-?[0-9]{1,18}$");
    }
}
