//! The texts in a JSON document.

use serde_json::Value;

/// Shows each text in a document; names of fields are none.
pub(super) fn json_texts<'v>(document: &'v Value, see: &mut impl FnMut(&'v str)) {
    match document {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| json_texts(item, see)),
        Value::Object(fields) => fields.values().for_each(|value| json_texts(value, see)),
        _ => {}
    }
}
