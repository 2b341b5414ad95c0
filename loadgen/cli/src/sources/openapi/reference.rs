//! References within a document.

use std::cell::RefCell;

use brunt_scenarios::url_text::decoded;
use serde_json::Value;

/// A document whose references lead within it, and the first of those that were followed
/// which leads nowhere.
pub(super) struct WholeDocument {
    pub root: Value,
    lost: RefCell<Option<String>>,
}

impl WholeDocument {
    pub fn new(root: Value) -> Self {
        Self { root, lost: RefCell::default() }
    }

    /// The reference that leads nowhere, if one was followed since the last call.
    pub fn take_lost(&self) -> Option<String> {
        self.lost.take()
    }

    /// Looks at a part that may turn out not to be needed: its references do not count
    /// as followed ones.
    pub fn look<T>(&self, look: impl FnOnce() -> T) -> T {
        let before = self.lost.take();
        let seen = look();
        self.lost.replace(before);
        seen
    }

    fn lose(&self, reference: &str) -> &'static Value {
        self.lost.borrow_mut().get_or_insert_with(|| reference.to_owned());
        &Value::Null
    }
}

/// The value that a `$ref` within the document leads to; any other value is itself. `null` for a
/// reference that leads nowhere, or to another document that could not be read.
pub(super) fn resolve<'d>(document: &'d WholeDocument, mut value: &'d Value) -> &'d Value {
    // A bound, as references may lead to one another.
    for _ in 0..32 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return value };
        let Some(pointer) = reference.strip_prefix('#') else { return document.lose(reference) };
        // A fragment of a URL may be percent-encoded, such as the braces of a path.
        let there = document.root.pointer(pointer);
        let there = there.or_else(|| document.root.pointer(&decoded(pointer)));
        let Some(there) = there else { return document.lose(reference) };
        value = there;
    }
    document.lose(value.get("$ref").and_then(Value::as_str).unwrap_or_default())
}
