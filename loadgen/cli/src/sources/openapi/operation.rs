//! One operation: its parameters and its body.

use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::reference::resolve;
use super::sample::{example, sample};
use crate::error::RequestProblem;

/// What an operation's request is made of.
#[derive(Default)]
pub(super) struct OperationRequest {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The request of an operation at a path.
pub(super) fn request(
    document: &Value,
    path: &str,
    item: &Value,
    operation: &Value,
) -> Result<OperationRequest, RequestProblem> {
    let mut made = OperationRequest { path: path.to_owned(), ..OperationRequest::default() };
    let mut query = Serializer::new(String::new());
    for parameter in parameters(document, item, operation) {
        // Documents are written by hand: a parameter without a name is passed over.
        let Some(name) = parameter["name"].as_str() else { continue };
        let Some(value) = value(document, parameter) else { continue };
        let texts = texts(&value);
        match parameter["in"].as_str() {
            Some("path") => {
                made.path = made.path.replace(&format!("{{{name}}}"), &escaped(&texts.join(",")));
            }
            Some("query") => {
                query.extend_pairs(texts.iter().map(|text| (name, text)));
            }
            Some("header") => made.headers.push((name.to_owned(), texts.join(","))),
            _ => {}
        }
    }
    // A path with a brace left in it would be a request for something that does not exist.
    if let (Some(start), Some(end)) = (made.path.find('{'), made.path.find('}')) {
        let parameter = made.path.get(start..=end).unwrap_or_default();
        return Err(RequestProblem::NoValue(parameter.to_owned()));
    }
    let query = query.finish();
    if !query.is_empty() {
        made.path = format!("{}?{query}", made.path);
    }
    body(document, operation, &mut made)?;
    Ok(made)
}

/// The operation's parameters, and those of its path that it does not give itself.
fn parameters<'d>(document: &'d Value, item: &'d Value, operation: &'d Value) -> Vec<&'d Value> {
    let of = |from: &'d Value| from["parameters"].as_array().into_iter().flatten();
    let mut all: Vec<&Value> = of(operation).map(|one| resolve(document, one)).collect();
    for shared in of(item).map(|one| resolve(document, one)) {
        if !all.iter().any(|one| one["name"] == shared["name"] && one["in"] == shared["in"]) {
            all.push(shared);
        }
    }
    all
}

/// What a parameter is sent with. One that need not be there is sent only if the document
/// gives a value.
fn value(document: &Value, parameter: &Value) -> Option<Value> {
    let schema = resolve(document, &parameter["schema"]);
    let given = example(document, parameter).or_else(|| example(document, schema));
    let needed = parameter["required"] == true;
    given.or_else(|| needed.then(|| sample(document, schema, 0)))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

/// A part of a path: marks that would end it are escaped; the rest is when the request is written.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('/', "%2F").replace('?', "%3F").replace('#', "%23")
}

/// JSON if the operation takes it, else what it names first.
fn body(
    document: &Value,
    operation: &Value,
    made: &mut OperationRequest,
) -> Result<(), RequestProblem> {
    let body = resolve(document, &operation["requestBody"]);
    let Some(content) = body["content"].as_object() else { return Ok(()) };
    let is_json = |kind: &str| kind.split(';').next().is_some_and(|kind| kind.ends_with("json"));
    let found = content.iter().find(|(kind, _)| is_json(kind)).or_else(|| content.iter().next());
    let Some((kind, media)) = found else { return Ok(()) };
    let schema = resolve(document, &media["schema"]);
    let value = example(document, media).unwrap_or_else(|| sample(document, schema, 0));
    let text = match (kind.as_str(), &value) {
        (kind, _) if is_json(kind) => value.to_string(),
        ("application/x-www-form-urlencoded", Value::Object(fields)) => {
            let pairs = fields
                .iter()
                .flat_map(|(name, value)| texts(value).into_iter().map(move |text| (name, text)));
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        }
        (_, Value::String(text)) => text.clone(),
        (kind, _) => return Err(RequestProblem::Body(kind.to_owned())),
    };
    made.body = text.into_bytes();
    made.headers.push(("Content-Type".to_owned(), kind.clone()));
    Ok(())
}
