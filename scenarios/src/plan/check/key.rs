//! Checks of the keys by which commands are found again.

use serde_json::{Map, Value};

use super::checker::Checker;
use super::values::uses_only;
use crate::plan::{Body, CommandKey, JsonPath, Request, SentKey};
use crate::scenario::{KeySpec, SaveSpec, SentKeySpec};
use crate::source::{Located, Span};
use crate::template::{BuiltinValue, Placeholder, Template};

/// How a key is written, for those who wrote it differently.
const PLACES: &str = "write it like $.id, {header: location} or {request: $.id}";
const SENT_PLACES: &str = "write it like {request: $.id}, {request: {header: idempotency-key}} or \
    {request: {path: '[^/]+$'}}";

impl Checker<'_> {
    /// A key. One in the request must change with each, or all commands would be one; `saved` are
    /// the values that stay the same for the whole load.
    pub(super) fn key(
        &mut self,
        written: &Located<KeySpec>,
        request: &Request,
        saved: &[&str],
    ) -> Option<CommandKey> {
        let span = written.span;
        let of_reply = written.of_reply();
        match &written.request {
            None => self.extract_as(&of_reply, span, PLACES).map(CommandKey::Reply),
            Some(_) if of_reply != SaveSpec::default() => {
                self.wrong(span, "a key is in one place").help = Some(PLACES.to_owned());
                None
            }
            Some(sent) => {
                let key = self.sent_key(sent, span)?;
                self.is_sent(&key, request, saved, span);
                Some(CommandKey::Request(key))
            }
        }
    }

    fn sent_key(&mut self, written: &SentKeySpec, span: Span) -> Option<SentKey> {
        let SentKeySpec { json, header, path, regex } = written;
        let regex = match regex {
            Some(text) => Some(self.pattern(text, span)?),
            None => None,
        };
        match (json, header, path, regex) {
            (Some(json), None, None, None) => Some(SentKey::Json(self.json_path(json, span)?)),
            (None, Some(header), None, regex) => Some(SentKey::Header(header.clone(), regex)),
            (None, None, Some(path), None) => Some(SentKey::Path(self.pattern(path, span)?)),
            (None, None, None, Some(regex)) => Some(SentKey::Body(regex)),
            _ => {
                self.wrong(span, "a key is in one place").help = Some(SENT_PLACES.to_owned());
                None
            }
        }
    }

    /// Whether the request has a value there that differs from one to the next.
    fn is_sent(&mut self, key: &SentKey, request: &Request, saved: &[&str], span: Span) {
        let texts = match key {
            SentKey::Json(path) => found(path, &request.body),
            SentKey::Header(name, _) => {
                let headers = request.headers.iter();
                let named = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name));
                named.map(|(_, value)| value.clone()).collect()
            }
            SentKey::Path(_) => vec![request.target.path.clone()],
            SentKey::Body(_) => match &request.body {
                Body::Text(text) => vec![text.clone()],
                Body::Json(document) => vec![document.to_string()],
                Body::Form(fields) => fields.values().cloned().collect(),
                Body::Empty | Body::Call(_) => vec![],
            },
        };
        if texts.is_empty() {
            self.wrong(span, format!("the request has no {key}")).help =
                Some(SENT_PLACES.to_owned());
        } else if texts.iter().all(|text| is_constant(text, saved)) {
            let what = format!("{key} is the same in every request, so it is no key");
            self.wrong(span, what).help = Some(
                "put a value in it that differs, such as `${uuid}` or one of a feed".to_owned(),
            );
        }
    }
}

/// Whether requests may have the same text there. A random number is no key unless there are so
/// many that a million of them are not expected to have a double.
fn is_constant(text: &str, saved: &[&str]) -> bool {
    // By the birthday problem, a million of 10^15 values have a double in one run of two thousand.
    const ENOUGH: u64 = 1_000_000_000_000_000;
    if uses_only(text, saved) || !text.contains("${") {
        return true;
    }
    // What is no template is reported for itself.
    let Ok(template) = Template::parse(text) else { return false };
    let random = |placeholder: &Placeholder| match BuiltinValue::of(placeholder, &[]) {
        Ok(BuiltinValue::Random(from, to)) => Some(to.abs_diff(from)),
        _ => None,
    };
    let mut differing = template.placeholders().filter(|placeholder| {
        placeholder.arguments.is_some() || !saved.contains(&placeholder.name.as_str())
    });
    let ranges: Option<Vec<u64>> = differing.by_ref().map(random).collect();
    // Several of them have as many values as their product.
    ranges.is_some_and(|ranges| {
        ranges.iter().fold(1, |all: u64, range| all.saturating_mul(range.saturating_add(1)))
            < ENOUGH
    })
}

/// The texts that a path finds in a body in which nothing is filled in yet.
fn found(path: &JsonPath, body: &Body) -> Vec<String> {
    let document = match body {
        Body::Json(document) => document.clone(),
        Body::Call(call) => call.message.clone(),
        Body::Form(fields) => {
            let text =
                |(name, value): (&String, &String)| (name.clone(), Value::from(value.clone()));
            Value::Object(fields.iter().map(text).collect::<Map<_, _>>())
        }
        Body::Empty | Body::Text(_) => Value::Null,
    };
    path.all(&document).first().map(ToString::to_string).into_iter().collect()
}
