//! Why an export is not written.

use std::io;

use brunt_reports::RenderError;

use crate::fetch::FetchError;

/// Why figures cannot be rendered, or do not arrive where they should.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or stdout that cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// A page or a table that cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A histogram that has no encoding.
    #[error("a histogram cannot be encoded: {0}")]
    Histogram(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A collector that cannot be reached or takes no metrics.
    #[error(transparent)]
    Send(#[from] FetchError),
}
