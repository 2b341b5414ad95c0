//! A service's OpenAPI 3 document, from a list of its operations.

use serde_json::{Map, Value, json};

/// One method on one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// In lower case, as OpenAPI wants it.
    pub method: &'static str,
    /// With `{id}` for parameters.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// The schema of its body, if it takes one.
    pub body: Option<Value>,
    /// The statuses it answers with, and what each means.
    pub responses: &'static [(u16, &'static str)],
}

/// The document.
#[must_use]
pub fn document(title: &str, operations: &[Operation]) -> Value {
    let mut paths = Map::new();
    for operation in operations {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        entry[operation.method] = describe(operation);
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": title, "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
    })
}

/// A schema of an object with these properties and types; those with a `*` are required.
#[must_use]
pub fn object(properties: &[(&str, &str)]) -> Value {
    let name = |property: &str| property.trim_end_matches('*').to_owned();
    let types: Map<String, Value> =
        properties.iter().map(|(property, kind)| (name(property), json!({ "type": kind }))).collect();
    let required: Vec<String> =
        properties.iter().filter(|(property, _)| property.ends_with('*')).map(|(p, _)| name(p)).collect();
    let mut schema = json!({ "type": "object", "properties": types });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn describe(operation: &Operation) -> Value {
    let responses: Map<String, Value> = operation
        .responses
        .iter()
        .map(|(status, meaning)| (status.to_string(), json!({ "description": meaning })))
        .collect();
    let mut described = json!({ "summary": operation.summary, "responses": responses });
    if operation.path.contains("{id}") {
        let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } });
        described["parameters"] = json!([id]);
    }
    if let Some(schema) = &operation.body {
        described["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
    }
    described
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_several_methods() {
        let get = Operation {
            method: "get",
            path: "/orders/{id}",
            summary: "One order",
            body: None,
            responses: &[(200, "The order"), (404, "No such order")],
        };
        let patch = Operation {
            method: "patch",
            summary: "Cancel an order",
            body: Some(object(&[("status*", "string"), ("qty", "integer")])),
            ..get.clone()
        };
        let mut document = document("order", &[get, patch]);
        document["info"]["version"] = json!("1");
        insta::assert_json_snapshot!(document);
    }
}
