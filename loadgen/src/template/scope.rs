//! Where values come from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brunt_scenarios::template::Placeholder;
use serde_json::Value;

/// Values by name.
pub(crate) type Values = BTreeMap<String, Value>;

/// Where values come from.
pub(crate) trait Scope {
    /// What stands at a place. The plan has checked that it is known.
    fn value(&self, placeholder: &Placeholder) -> Cow<'_, Value>;
}

/// Values that are known before the load starts; others are empty.
impl Scope for Values {
    fn value(&self, placeholder: &Placeholder) -> Cow<'_, Value> {
        self.get(&placeholder.name).map_or(Cow::Owned(Value::String(String::new())), Cow::Borrowed)
    }
}
