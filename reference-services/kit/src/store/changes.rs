//! What a transaction has changed but not committed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::StoreError;
use super::engine::{Reader, Span};

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

    fn within<'a>(
        &'a self,
        span: &Span,
    ) -> impl Iterator<Item = (&'a String, &'a Option<String>)> + use<'a> {
        self.0.range(span.from.clone()..span.to.clone())
    }
}

/// The store as a transaction sees it: its own changes over those of the same batch over
/// what is committed.
pub(crate) struct Layered<'a> {
    pub(crate) base: &'a dyn Reader,
    pub(crate) batch: &'a Changes,
    pub(crate) own: &'a Changes,
}

impl Reader for Layered<'_> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        match self.own.0.get(key).or_else(|| self.batch.0.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        // Merged by key: the base's rows and the uncommitted ones must come in one order, and a
        // removed row must hide the one beneath it.
        let mut merged = BTreeMap::new();
        self.base.scan(span, &mut |key, value| {
            merged.insert(key.to_owned(), Some(value.to_owned()));
            ControlFlow::Continue(())
        })?;
        for (key, value) in self.batch.within(span).chain(self.own.within(span)) {
            merged.insert(key.clone(), value.clone());
        }
        for (key, value) in &merged {
            if let Some(value) = value
                && visit(key, value).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}
