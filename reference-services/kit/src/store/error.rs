//! Why a store cannot be used.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Why a store cannot be used. The messages of opening say what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file, or its directory, cannot be written.
    #[error("the store {} cannot be written: {reason}; check the path and its permissions, or set DATA_DIR", path.display())]
    Unwritable {
        /// The path of the file.
        path: PathBuf,
        /// The operating system's error.
        reason: String,
    },
    /// The file is there but is no store of this kind.
    #[error("the store {} is damaged or is no such file: {reason}; move it away to start with an empty one", path.display())]
    Corrupt {
        /// The path of the file.
        path: PathBuf,
        /// The engine's error.
        reason: String,
    },
    /// Another process holds the file.
    #[error("the store {} is held by another process; stop that one, or set DATA_DIR", path.display())]
    Locked {
        /// The path of the file.
        path: PathBuf,
    },
    /// What `STORE` names cannot be used.
    #[error("the store {place} cannot be used: {reason}; check STORE")]
    Unusable {
        /// Where it should be, without its password.
        place: String,
        /// Why the server refuses.
        reason: String,
    },
    /// The engine cannot be reached. Nothing was changed, and a retry may succeed.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// The connection ended during a commit, and whether it happened is not known yet.
    #[error("it is not known yet whether the store did commit: {0}")]
    Unsettled(String),
    /// The engine failed while the store was open.
    #[error("the store failed: {0}")]
    Engine(String),
    /// A document does not read back as its type.
    #[error("a document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    /// The store has stopped, or could not begin; its log lines say why.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether an outage caused this error, which the store itself has logged already.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unsettled(_) | Self::Closed)
    }

    /// The same error for another caller.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Unavailable(reason) => Self::Unavailable(reason.clone()),
            other => Self::engine(other),
        }
    }

    pub(super) fn unwritable(path: &Path, reason: &dyn Display) -> Self {
        Self::Unwritable { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(super) fn corrupt(path: &Path, reason: &dyn Display) -> Self {
        Self::Corrupt { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(super) fn engine(reason: &dyn Display) -> Self {
        Self::Engine(reason.to_string())
    }
}

/// Makes the directory of a store's file.
pub(super) fn make_directory(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            std::fs::create_dir_all(parent).map_err(|error| StoreError::unwritable(path, &error))
        }
        _ => Ok(()),
    }
}
