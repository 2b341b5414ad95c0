//! One operation: its parameters and its body.

use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::parameter::ParameterStyle;
use super::reference::{WholeDocument, resolve};
use super::sample::Sampler;
use super::schema::merged;
use crate::error::RequestProblem;

/// Headers that a parameter cannot set: the body, and what the document says of replies and of
/// authentication, does (OpenAPI 3, Parameter Object).
const NOT_PARAMETERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// What an operation's request is made of.
#[derive(Default)]
pub(super) struct OperationRequest {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Keywords of its schemas that its values may not obey.
    pub unsure: Vec<&'static str>,
}

/// The request of an operation at a path.
pub(super) fn request(
    document: &WholeDocument,
    path: &str,
    item: &Value,
    operation: &Value,
) -> Result<OperationRequest, RequestProblem> {
    let sampler = Sampler::new(document);
    let mut made = OperationRequest { path: path.to_owned(), ..OperationRequest::default() };
    let (mut query, mut cookies) = (Vec::new(), Vec::new());
    for parameter in parameters(document, item, operation) {
        // Documents are written by hand: a parameter without a name is passed over.
        let Some(name) = parameter["name"].as_str() else { continue };
        let Some(value) = value(document, &sampler, parameter) else { continue };
        let style = ParameterStyle::new(name, parameter);
        match parameter["in"].as_str() {
            // Values are escaped, so that no brace of one is taken for another parameter.
            Some("path") => {
                made.path = made.path.replace(&format!("{{{name}}}"), &style.in_path(&value));
            }
            Some("query") => query.extend(style.in_query(&value)),
            Some("header") if !NOT_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) => {
                made.headers.push((name.to_owned(), style.in_header(&value)));
            }
            Some("cookie") => cookies.push(style.in_cookie(&value)),
            _ => {}
        }
    }
    if let Some(reference) = document.take_lost() {
        return Err(RequestProblem::Lost(reference));
    }
    // A path with a brace left in it would be a request for something that does not exist.
    if let (Some(start), Some(end)) = (made.path.find('{'), made.path.find('}')) {
        let parameter = made.path.get(start..=end).unwrap_or_default();
        return Err(RequestProblem::NoValue(parameter.to_owned()));
    }
    if !query.is_empty() {
        made.path = format!("{}?{}", made.path, query.join("&"));
    }
    if !cookies.is_empty() {
        made.headers.push(("Cookie".to_owned(), cookies.join("; ")));
    }
    body(&sampler, resolve(document, &operation["requestBody"]), &mut made)?;
    if let Some(reference) = document.take_lost() {
        return Err(RequestProblem::Lost(reference));
    }
    made.unsure = sampler.unsure();
    match () {
        () if sampler.is_exhausted() => Err(RequestProblem::TooLarge),
        () if sampler.is_endless() => Err(RequestProblem::Endless),
        () => Ok(made),
    }
}

/// The operation's parameters, and those of its path that it does not give itself.
fn parameters<'d>(
    document: &'d WholeDocument,
    item: &'d Value,
    operation: &'d Value,
) -> Vec<&'d Value> {
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
fn value(document: &WholeDocument, sampler: &Sampler<'_>, parameter: &Value) -> Option<Value> {
    let needed = parameter["required"] == true;
    // A parameter of another syntax than its style's is a text in that syntax.
    if let Some((_, media)) = parameter["content"].as_object().and_then(|all| all.iter().next()) {
        let given = sampler.example(media);
        let value = given.or_else(|| needed.then(|| sampler.sample(&media["schema"], 0)))?;
        return Some(if value.is_string() { value } else { Value::String(value.to_string()) });
    }
    let schema = resolve(document, &parameter["schema"]);
    let given = sampler.example(parameter).or_else(|| sampler.example(schema));
    let value = given.or_else(|| needed.then(|| sampler.sample(schema, 0)));
    // A null has no text; it stands for leaving the parameter out, which one that is needed must
    // not be.
    let is_null = value.as_ref().is_some_and(Value::is_null);
    if is_null && needed {
        let schema = merged(document, schema, 0);
        return schema.get("enum")?.as_array()?.iter().find(|one| !one.is_null()).cloned();
    }
    value.filter(|_| !is_null)
}

/// JSON if the operation takes it, else what it names first.
fn body(
    sampler: &Sampler<'_>,
    body: &Value,
    made: &mut OperationRequest,
) -> Result<(), RequestProblem> {
    let Some(content) = body["content"].as_object() else { return Ok(()) };
    let is_json = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind.ends_with("/json") || kind.ends_with("+json")
    };
    let found = content.iter().find(|(kind, _)| is_json(kind)).or_else(|| content.iter().next());
    let Some((kind, media)) = found else { return Ok(()) };
    let value = sampler.example(media).unwrap_or_else(|| sampler.sample(&media["schema"], 0));
    let text = match (kind.as_str(), &value) {
        (kind, _) if is_json(kind) => value.to_string(),
        ("application/x-www-form-urlencoded", Value::Object(fields)) => {
            let pairs = fields
                .iter()
                .flat_map(|(name, value)| texts(value).into_iter().map(move |text| (name, text)));
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        }
        (_, Value::String(text)) => text.clone(),
        // A range, such as */*, is no type that a body can have; JSON is in it.
        ("*/*" | "application/*", _) => value.to_string(),
        (kind, _) => return Err(RequestProblem::Body(kind.to_owned())),
    };
    made.body = text.into_bytes();
    let kind = if kind.contains('*') { "application/json" } else { kind };
    made.headers.push(("Content-Type".to_owned(), kind.to_owned()));
    Ok(())
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}
