//! A document's text as a value.

use brunt_scenarios::{Diagnostic, Source};
use serde_json::Value;

/// A document. JSON is YAML as well, but its own reader is quicker and takes tabs.
pub(super) fn parsed(name: &str, text: &str) -> Result<Value, Box<Diagnostic>> {
    serde_json::from_str(text).or_else(|_| Source::new(name, text).parse())
}
