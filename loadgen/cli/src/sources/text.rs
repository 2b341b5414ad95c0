//! A source's text.

use std::path::PathBuf;

use crate::error::LoadCliError;

/// The text of a file that an option names.
pub(crate) fn read_text(file: &str) -> Result<String, LoadCliError> {
    let path = PathBuf::from(file);
    std::fs::read_to_string(&path).map_err(|error| LoadCliError::File { path, error })
}
