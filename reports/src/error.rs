//! What can go wrong when a report is rendered.

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A value has no JSON.
    #[error("the report cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A table cannot be written.
    #[error("the table of windows cannot be written")]
    Csv(#[from] csv::Error),
    /// A template failed.
    #[error("the report's template failed")]
    Template(#[from] askama::Error),
}
