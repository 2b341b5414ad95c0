//! One schema out of many: references, `allOf`, and the first choice of `anyOf` and `oneOf`, merged
//! with what stands beside them.

use serde_json::{Map, Value, json};

use super::reference::{WholeDocument, resolve};

/// How deep schemas are merged; one that holds itself would have no end.
const DEEPEST: u32 = 16;

/// A schema without references and combinations, which a value fits if it fits all of them.
pub(super) fn merged(document: &WholeDocument, schema: &Value, depth: u32) -> Map<String, Value> {
    let mut whole = Map::new();
    if depth > DEEPEST {
        return whole;
    }
    let target = resolve(document, schema);
    if !std::ptr::eq(target, schema) {
        add(&mut whole, merged(document, target, depth + 1));
        name_the_kind(schema, &mut whole);
    }
    let Some(own) = schema.as_object() else { return whole };
    for part in parts(own, "allOf") {
        add(&mut whole, merged(document, part, depth + 1));
    }
    let combines = |key: &str| ["$ref", "allOf", "anyOf", "oneOf"].contains(&key);
    let beside = own.iter().filter(|(key, _)| !combines(key));
    add(&mut whole, beside.map(|(key, value)| (key.clone(), value.clone())).collect());
    // Any of the choices is valid, so the first one will do. A choice of null is none.
    for key in ["anyOf", "oneOf"] {
        let is_value = |choice: &&Value| resolve(document, choice)["type"] != "null";
        let Some(choice) = parts(own, key).find(is_value) else { continue };
        add(&mut whole, merged(document, choice, depth + 1));
        if let Some(discriminator) = own.get("discriminator") {
            choose(discriminator, choice, &mut whole);
        }
    }
    whole
}

fn parts<'s>(schema: &'s Map<String, Value>, key: &str) -> impl Iterator<Item = &'s Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A schema that is one kind of its parent says so where the parent's discriminator looks.
fn name_the_kind(reference: &Value, whole: &mut Map<String, Value>) {
    let Some(discriminator) = whole.get("discriminator").cloned() else { return };
    choose(&discriminator, reference, whole);
}

/// Sets the property that tells kinds apart to the kind that a reference leads to.
fn choose(discriminator: &Value, reference: &Value, whole: &mut Map<String, Value>) {
    let (Some(property), Some(target)) =
        (discriminator["propertyName"].as_str(), reference["$ref"].as_str())
    else {
        return;
    };
    let mapped = discriminator["mapping"].as_object().into_iter().flatten();
    let name = mapped.filter(|(_, to)| *to == target).map(|(name, _)| name.as_str()).next();
    let name = name.or_else(|| target.rsplit('/').next()).unwrap_or_default();
    let kind = json!({"properties": {property: {"const": name}}, "required": [property]});
    if let Value::Object(kind) = kind {
        add(whole, kind);
    }
}

/// Adds the keywords of another schema, so that both hold.
fn add(whole: &mut Map<String, Value>, other: Map<String, Value>) {
    for (key, value) in other {
        let Some(known) = whole.remove(&key) else {
            whole.insert(key, value);
            continue;
        };
        let both = match key.as_str() {
            "properties" => properties(known, value),
            "required" => union(known, value),
            "enum" => common(known, value),
            "minimum" | "minLength" | "minItems" | "minProperties" => greater(known, value),
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => greater(value, known),
            _ => value,
        };
        whole.insert(key, both);
    }
}

fn properties(known: Value, more: Value) -> Value {
    let (Value::Object(mut all), Value::Object(more)) = (known, more) else { return Value::Null };
    for (name, schema) in more {
        let both = match all.remove(&name) {
            Some(known) => json!({"allOf": [known, schema]}),
            None => schema,
        };
        all.insert(name, both);
    }
    Value::Object(all)
}

fn union(known: Value, more: Value) -> Value {
    let (Value::Array(mut all), Value::Array(more)) = (known, more) else { return json!([]) };
    let fresh: Vec<Value> = more.into_iter().filter(|one| !all.contains(one)).collect();
    all.extend(fresh);
    Value::Array(all)
}

fn common(known: Value, more: Value) -> Value {
    match (known, more) {
        (Value::Array(all), Value::Array(more)) => {
            all.into_iter().filter(|one| more.contains(one)).collect()
        }
        (known, _) => known,
    }
}

/// Whether a schema lets null be its value.
pub(super) fn takes_null(document: &WholeDocument, schema: &Value, depth: u32) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let target = resolve(document, schema);
    let is_null = |value: &Value| value.is_null() || value == "null";
    let has = |schema: &Value, key: &str| match schema.get(key) {
        Some(Value::Array(values)) => values.iter().any(is_null),
        Some(value) => is_null(value),
        None => false,
    };
    let own = |schema: &Value| {
        schema.get("nullable") == Some(&Value::Bool(true))
            || ["type", "enum", "const"].iter().any(|key| has(schema, key))
    };
    let choices = ["anyOf", "oneOf"].into_iter();
    let mut choices =
        choices.filter_map(|key| target.get(key)).filter_map(Value::as_array).flatten();
    own(schema) || own(target) || choices.any(|choice| takes_null(document, choice, depth + 1))
}

fn greater(one: Value, other: Value) -> Value {
    if other.as_f64() > one.as_f64() { other } else { one }
}
