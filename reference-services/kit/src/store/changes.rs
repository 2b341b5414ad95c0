//! What a transaction has changed but not committed.

use std::collections::BTreeMap;
use std::ops::Bound;

/// New values by key; none means the key is removed.
#[derive(Debug, Default)]
pub(crate) struct Changes(BTreeMap<String, Option<String>>);

impl Changes {
    pub(crate) fn set(&mut self, key: String, value: String) {
        self.0.insert(key, Some(value));
    }

    pub(crate) fn remove(&mut self, key: String) {
        self.0.insert(key, None);
    }

    pub(crate) fn absorb(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_deref()))
    }

    /// What was changed of a key: none if nothing, none within if it was removed.
    pub(crate) fn get(&self, key: &str) -> Option<&Option<String>> {
        self.0.get(key)
    }

    /// What was changed from the key `from` up to but not including `to`, in order.
    pub(crate) fn range(
        &self,
        from: &str,
        to: &str,
    ) -> impl Iterator<Item = (&String, &Option<String>)> {
        self.0.range::<str, _>((Bound::Included(from), Bound::Excluded(to)))
    }
}
