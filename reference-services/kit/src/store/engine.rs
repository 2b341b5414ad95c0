//! The port behind which the engines stand.

use std::ops::ControlFlow;

use super::StoreError;
use super::changes::Changes;

/// Keys from `from` up to but not including `to`, in the order of their bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Span {
    /// All keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &str) -> Self {
        Self { from: prefix.to_owned(), to: format!("{prefix}\u{10ffff}") }
    }
}

/// One consistent state of a store.
pub(crate) trait Reader {
    fn get(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Visits keys in order until told to stop.
    fn scan(
        &self,
        span: &Span,
        visit: &mut dyn FnMut(&str, &str) -> ControlFlow<()>,
    ) -> Result<(), StoreError>;
}

/// A durable ordered table with transactions.
pub(crate) trait Engine: Send {
    /// Lets `work` read within a write transaction, then commits the changes that it gives.
    fn write(&mut self, work: &mut dyn FnMut(&dyn Reader) -> Changes) -> Result<(), StoreError>;

    /// Resolves a commit that [`StoreError::Unsettled`] left open; the same error again means that
    /// this is not possible yet. An engine that never leaves one open has nothing to resolve.
    fn settle(&mut self) -> Result<(), StoreError> {
        Err(StoreError::Closed)
    }

    /// Lets `work` read one snapshot.
    fn read(&mut self, work: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError>;
}
