//! References within a document.

use serde_json::Value;

/// The value that a `$ref` within the document leads to; any other value is itself. `null` for a
/// reference that leads nowhere, or out of the document.
pub(super) fn resolve<'d>(document: &'d Value, mut value: &'d Value) -> &'d Value {
    // A bound, as references may lead to one another.
    for _ in 0..32 {
        let Some(pointer) = value.get("$ref").and_then(Value::as_str) else { return value };
        let Some(there) = pointer.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
        else {
            return &Value::Null;
        };
        value = there;
    }
    &Value::Null
}
