//! Templates: texts and JSON documents with placeholders, and the values that replace them.

mod document;
mod scope;

use std::borrow::Cow;

use brunt_scenarios::template::{Template, TemplatePart};
use serde_json::Value;

pub(crate) use document::JsonTemplate;
pub(crate) use scope::{Scope, Values};

/// Fills in a text's placeholders.
pub(crate) fn fill(template: &Template, scope: &impl Scope) -> String {
    let mut text = String::new();
    for part in template.parts() {
        match part {
            TemplatePart::Text(plain) => text.push_str(plain),
            TemplatePart::Placeholder(placeholder) => {
                text.push_str(&plain(&scope.value(placeholder)));
            }
        }
    }
    text
}

/// A value as text: a string without its quotes.
pub(crate) fn plain(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Parses a text as a template. The plan has checked it, so one that does not parse is a literal.
pub(crate) fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|_| Template::plain(text))
}
