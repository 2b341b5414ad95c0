//! Why what a check needs was not read until it was as it must be.

use std::time::Duration;

use brunt_scenarios::units::Period;

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError<E: std::error::Error + 'static> {
    /// One reading did not end in its time.
    #[error("no end after {}", Period(*.0))]
    NoEnd(Duration),
    /// The run was interrupted, or its own time was up.
    #[error("the run was ended")]
    RunEnded,
    /// The last reading failed.
    #[error(transparent)]
    Failed(#[from] E),
}
