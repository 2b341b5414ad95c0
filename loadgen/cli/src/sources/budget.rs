//! How much a source may ask for. Each of its values is bounded, but a short text can ask for very
//! many of the longest ones.

use brunt_loadgen::HttpRequest;

/// The most bytes of all requests of a source. The load keeps some copies of each.
const MOST_BYTES: usize = 128 * 1024 * 1024;
/// The most requests of a source.
const MOST_REQUESTS: usize = 1_000_000;
/// What a request takes beside its texts, in bytes.
const EACH: usize = 128;

/// A source with more requests than fit into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its requests are more than {MOST_REQUESTS}, or with their bodies more than {} MiB: give fewer \
     or shorter ones",
    MOST_BYTES / (1024 * 1024)
)]
pub struct SourceTooLarge;

/// What of a source may still come.
#[derive(Debug)]
pub(crate) struct SourceBudget {
    bytes: usize,
    requests: usize,
}

impl SourceBudget {
    pub fn new() -> Self {
        Self { bytes: MOST_BYTES, requests: MOST_REQUESTS }
    }

    /// Counts a request.
    pub fn take(&mut self, request: &HttpRequest) -> Result<(), SourceTooLarge> {
        let headers = request.headers.iter().map(|(name, value)| name.len() + value.len());
        self.requests = self.requests.checked_sub(1).ok_or(SourceTooLarge)?;
        self.take_bytes(EACH + request.path.len() + headers.sum::<usize>() + request.body.len())
    }

    /// Counts bytes of anything else that is kept.
    pub fn take_bytes(&mut self, bytes: usize) -> Result<(), SourceTooLarge> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(SourceTooLarge)?;
        Ok(())
    }
}
