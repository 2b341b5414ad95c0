//! What is logged of an outage of a store.

use std::path::Path;

use super::StoreError;

/// Logs once that a store cannot be used, and once that it can again: in between, every request
/// would say the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Outage {
    is_down: bool,
}

impl Outage {
    /// Notes how work ended that touched the file at `path`.
    pub(super) fn note<T>(&mut self, path: &Path, outcome: &Result<T, StoreError>) {
        let path = path.display();
        match outcome {
            Ok(_) if self.is_down => {
                self.is_down = false;
                tracing::info!(%path, "the store is back");
            }
            Err(StoreError::Unavailable(error) | StoreError::Unsettled(error)) if !self.is_down => {
                self.is_down = true;
                tracing::warn!(
                    %path,
                    %error,
                    "the store cannot be used; requests are refused until it can"
                );
            }
            _ => {}
        }
    }
}
