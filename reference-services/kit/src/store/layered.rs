//! What a transaction reads: committed rows under uncommitted ones.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::StoreError;
use super::changes::Changes;
use super::engine::{Reader, Span};

/// The store as a transaction sees it: its own changes over those of the same batch over
/// what is committed.
pub(crate) struct Layered<'a> {
    pub(crate) base: &'a dyn Reader,
    pub(crate) batch: &'a Changes,
    pub(crate) own: &'a Changes,
}

impl Reader for Layered<'_> {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        match self.own.get(key).or_else(|| self.batch.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let (from, to) = (span.from.as_str(), span.to.as_str());
        // Merged by key: the base's rows and the uncommitted ones must come in one order, and a
        // removed row must hide the one beneath it.
        let mut merged = BTreeMap::new();
        self.base.scan(span, &mut |key, value| {
            merged.insert(key.to_owned(), Some(value.to_owned()));
            ControlFlow::Continue(())
        })?;
        for (key, value) in self.batch.range(from, to).chain(self.own.range(from, to)) {
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
