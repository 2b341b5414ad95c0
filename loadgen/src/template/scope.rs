//! The values that placeholders stand for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brunt_scenarios::template::Placeholder;
use serde_json::Value;

/// Values by name.
pub(crate) type Values = BTreeMap<String, Value>;

/// Looks up the value of a placeholder.
pub(crate) trait Scope {
    /// The value of a placeholder. The plan has checked that it is known.
    fn value(&self, placeholder: &Placeholder) -> Cow<'_, Value>;
}

/// Values that are known before the load starts; any other is an empty string.
impl Scope for Values {
    fn value(&self, placeholder: &Placeholder) -> Cow<'_, Value> {
        self.get(&placeholder.name).map_or(Cow::Owned(Value::String(String::new())), Cow::Borrowed)
    }
}
