//! A service's OpenAPI 3.1 document, from a list of its operations.

mod schema;

use serde_json::{Map, Value, json};

pub use schema::{anything, body, fields, maybe, one_of, text, truth, whole, whole_to, word};

/// One method on one path, and all that it may answer.
#[derive(Clone, Debug)]
pub struct Operation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<(Value, bool)>,
    keyed: bool,
    answers: Vec<Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    meaning: &'static str,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Nothing,
    Json(Value),
    Item(Value),
    /// An operation on these items; named by the path.
    Page(Value),
    Problem,
}

/// Describes a GET of a path, which has `summary` as its one-line description.
#[must_use]
pub fn get(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("get", path, summary)
}

/// Describes a POST, as [`get`] does a GET.
#[must_use]
pub fn post(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("post", path, summary)
}

/// Declares a PUT: a change, or a command about an existing item.
#[must_use]
pub fn put(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("put", path, summary)
}

/// Describes a PATCH, as [`get`] does a GET.
#[must_use]
pub fn patch(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("patch", path, summary)
}

/// Describes a DELETE, as [`get`] does a GET.
#[must_use]
pub fn delete(path: &'static str, summary: &'static str) -> Operation {
    Operation::new("delete", path, summary)
}

impl Operation {
    fn new(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        Self { method, path, summary, body: None, keyed: false, answers: Vec::new() }
    }

    /// Requires a JSON body with this schema.
    #[must_use]
    pub fn takes(self, body: &Value) -> Self {
        Self { body: Some((body.clone(), true)), ..self }
            .refuses(400, "Malformed")
            .refuses(413, "Too large")
    }

    /// Accepts a JSON body with this schema, or none.
    #[must_use]
    pub fn may_take(self, body: &Value) -> Self {
        Self { body: Some((body.clone(), false)), ..self }
            .refuses(400, "Malformed")
            .refuses(413, "Too large")
    }

    /// Two requests with the same Idempotency-Key are one.
    #[must_use]
    pub fn keyed(self) -> Self {
        Self { keyed: true, ..self }.refuses(422, "The Idempotency-Key was used for something else")
    }

    /// 200 with an item that has these [`fields`].
    #[must_use]
    pub fn gives(self, fields: &Value) -> Self {
        self.answer(200, "The item", Content::Item(fields.clone()))
    }

    /// 201 with the item that is new.
    #[must_use]
    pub fn creates(self, fields: &Value) -> Self {
        self.answer(201, "The new item", Content::Item(fields.clone()))
    }

    /// 200 with a page of items.
    #[must_use]
    pub fn pages(self, fields: &Value) -> Self {
        self.answer(200, "The page", Content::Page(fields.clone()))
    }

    /// 200 with any JSON.
    #[must_use]
    pub fn answers(self, meaning: &'static str, schema: Value) -> Self {
        self.answer(200, meaning, Content::Json(schema))
    }

    /// An answer without a body that is told of here.
    #[must_use]
    pub fn ends(self, status: u16, meaning: &'static str) -> Self {
        self.answer(status, meaning, Content::Nothing)
    }

    /// Declares a refusal with its status.
    #[must_use]
    pub fn refuses(self, status: u16, meaning: &'static str) -> Self {
        self.answer(status, meaning, Content::Problem)
    }

    /// A later declaration of a status replaces an earlier one.
    fn answer(mut self, status: u16, meaning: &'static str, content: Content) -> Self {
        // A service can describe a status better than the general text that comes with
        // `takes` or `keyed`.
        self.answers.retain(|answer| answer.status != status);
        self.answers.push(Answer { status, meaning, content });
        self
    }
}

/// The OpenAPI document of a service with these operations.
#[must_use]
pub fn document(title: &str, operations: &[Operation]) -> Value {
    let mut paths = Map::new();
    for operation in operations {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        entry[operation.method] = describe(operation, operations);
    }
    // The same frame for services and for the gateway, which fills in the paths of its services.
    let mut document = undescribed(title);
    document["paths"] = Value::Object(paths);
    document
}

/// A document without a path.
pub(crate) fn undescribed(title: &str) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": env!("CARGO_PKG_VERSION") },
        "paths": {},
        "components": { "schemas": { "Problem": schema::problem() } },
    })
}

fn describe(operation: &Operation, all: &[Operation]) -> Value {
    let mut responses: Map<String, Value> = operation
        .answers
        .iter()
        .map(|answer| (answer.status.to_string(), response(operation, answer, all)))
        .collect();
    // Every operation needs the store, which may be unavailable.
    responses
        .entry("503")
        .or_insert_with(|| refusal("It cannot be done now; Retry-After says when to retry"));
    let mut parameters = Vec::new();
    if operation.path.contains("{id}") {
        parameters
            .push(json!({ "name": "id", "in": "path", "required": true, "schema": schema::id() }));
        responses.entry("404").or_insert_with(|| refusal("There is no item with this id"));
    }
    if operation.answers.iter().any(|answer| matches!(answer.content, Content::Page(_))) {
        parameters.extend(schema::paging());
    }
    if operation.keyed {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "schema": text() }));
    }
    let mut described = json!({
        "operationId": operation_id(operation.method, operation.path),
        "summary": operation.summary,
        "responses": responses,
    });
    if !parameters.is_empty() {
        described["parameters"] = json!(parameters);
    }
    if let Some((schema, required)) = &operation.body {
        let content = json!({ "application/json": { "schema": schema } });
        described["requestBody"] = json!({ "required": required, "content": content });
    }
    described
}

pub(crate) fn operation_id(method: &str, path: &str) -> String {
    let words =
        path.split('/').map(|word| word.trim_matches(['{', '}'])).filter(|word| !word.is_empty());
    [method].into_iter().chain(words).collect::<Vec<_>>().join("-")
}

fn response(operation: &Operation, answer: &Answer, all: &[Operation]) -> Value {
    let description = answer.meaning;
    match &answer.content {
        Content::Nothing => json!({ "description": description }),
        Content::Problem => refusal(description),
        Content::Json(schema) => {
            let content = json!({ "application/json": { "schema": schema } });
            json!({ "description": description, "content": content })
        }
        Content::Page(fields) => {
            let name = operation.path.trim_matches('/');
            json!({ "description": description, "content": hal(&schema::page(name, fields)) })
        }
        Content::Item(fields) => {
            let mut response =
                json!({ "description": description, "content": hal(&schema::item(fields)) });
            if operation.method == "post" {
                // With links, tools such as schemathesis can follow a creation to the item
                // that it made.
                response["links"] = links(operation.path, fields, all);
            }
            response
        }
    }
}

/// What can be done with the item that was made.
fn links(path: &str, fields: &Value, all: &[Operation]) -> Value {
    let id = fields["required"][0].as_str().unwrap_or("id");
    let under = format!("{path}/{{id}}");
    let about =
        all.iter().filter(|operation| operation.path.starts_with(&under)).map(|operation| {
            let parameters = json!({ "id": format!("$response.body#/{id}") });
            let name = operation_id(operation.method, operation.path);
            (name.clone(), json!({ "operationId": name, "parameters": parameters }))
        });
    Value::Object(about.collect())
}

fn hal(schema: &Value) -> Value {
    json!({
        "application/hal+json": { "schema": schema },
        "application/json": { "schema": schema },
    })
}

pub(crate) fn refusal(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_several_methods() {
        let order = fields(&[("id", whole(1)), ("qty", whole(1)), ("customer?", text())]);
        let change = body(&[("status*", one_of(&["Canceled"])), ("qty", maybe(whole(1)))]);
        let operations = [
            get("/orders", "A page of orders").pages(&order),
            post("/orders", "Order").takes(&body(&[("name*", word())])).keyed().creates(&order),
            get("/orders/{id}", "One order").gives(&order),
            patch("/orders/{id}", "Cancel an order")
                .takes(&change)
                .gives(&order)
                .refuses(409, "Too late"),
        ];
        let document = document("order", &operations);
        let paths = &document["paths"];
        let methods: Vec<_> = paths["/orders/{id}"].as_object().unwrap().keys().collect();
        assert_eq!(methods, ["get", "patch"]);
        let place = &paths["/orders"]["post"];
        let statuses: Vec<_> = place["responses"].as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["201", "400", "413", "422", "503"]);
        let link = &place["responses"]["201"]["links"]["patch-orders-id"];
        assert_eq!(link["parameters"]["id"], "$response.body#/id");
        let change = &paths["/orders/{id}"]["patch"];
        assert_eq!(change["responses"]["409"]["description"], "Too late");
        let body = &change["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(
            (&body["required"], &body["additionalProperties"]),
            (&json!(["status"]), &json!(false))
        );
        assert_eq!(
            body["properties"]["qty"]["anyOf"][0]["anyOf"][1]["pattern"],
            "^[1-9][0-9]{0,17}$"
        );
    }
}
