//! What lies behind an error.

/// What lies behind an error. Shared, as one failure of the store answers many callers.
pub(crate) type Source = std::sync::Arc<dyn std::error::Error + Send + Sync>;

/// Makes a source of an error, or of a text where there is no other error.
pub(crate) fn source(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Source {
    error.into().into()
}
