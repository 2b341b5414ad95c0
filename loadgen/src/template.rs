//! Texts and documents with values filled in.

mod document;
mod scope;

use std::borrow::Cow;

use brunt_scenarios::template::{Template, TemplatePart};
use serde_json::Value;

pub(crate) use document::JsonTemplate;
pub(crate) use scope::{Scope, Values};

/// A text with its values filled in.
pub(crate) fn fill(template: &Template, scope: &impl Scope) -> String {
    let mut text = String::new();
    for part in template.parts() {
        match part {
            TemplatePart::Text(plain) => text.push_str(plain),
            TemplatePart::Placeholder(placeholder) => {
                text.push_str(&plain(&scope.value(placeholder)))
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

/// A text as a template. The plan has checked it, so one that does not parse is sent as it is.
pub(crate) fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|_| Template::plain(text))
}
