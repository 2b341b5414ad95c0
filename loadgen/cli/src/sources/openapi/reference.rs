//! References within a document.

use brunt_scenarios::url_text::decoded;
use serde_json::Value;

/// The value that a `$ref` within the document leads to; any other value is itself. `null` for a
/// reference that leads nowhere, or to another document that could not be read.
pub(super) fn resolve<'d>(document: &'d Value, mut value: &'d Value) -> &'d Value {
    // A bound, as references may lead to one another.
    for _ in 0..32 {
        let Some(pointer) = value.get("$ref").and_then(Value::as_str) else { return value };
        let Some(pointer) = pointer.strip_prefix('#') else { return &Value::Null };
        // A fragment of a URL may be percent-encoded, such as the braces of a path.
        let there = document.pointer(pointer).or_else(|| document.pointer(&decoded(pointer)));
        let Some(there) = there else { return &Value::Null };
        value = there;
    }
    &Value::Null
}
