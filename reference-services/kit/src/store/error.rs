//! Why a store cannot be used.

use std::path::{Path, PathBuf};

use crate::source::{Source, source};

/// Why a store cannot be used. The messages of opening say what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file, or its directory, cannot be written.
    #[error(
        "the store {} cannot be written: {source}; check the path and its permissions, or set \
         DATA_DIR",
        path.display()
    )]
    Unwritable {
        /// The path of the file.
        path: PathBuf,
        /// The operating system's error.
        source: Source,
    },
    /// The file is there but is no store of this kind.
    #[error(
        "the store {} is damaged or is no such file: {source}; move it away to start with an \
         empty one",
        path.display()
    )]
    Corrupt {
        /// The path of the file.
        path: PathBuf,
        /// The engine's error.
        source: Source,
    },
    /// Another process holds the file.
    #[error(
        "the store {} is held by another process; stop that one, or set DATA_DIR",
        path.display()
    )]
    Locked {
        /// The path of the file.
        path: PathBuf,
    },
    /// What `STORE` names cannot be used.
    #[error("the store {place} cannot be used: {source}; check STORE")]
    Unusable {
        /// Where it should be, without its password.
        place: String,
        /// Why the server refuses.
        source: Source,
    },
    /// The engine cannot be reached. Nothing was changed, and a retry may succeed.
    #[error("the store cannot be reached: {0}")]
    Unavailable(#[source] Source),
    /// The connection ended during a commit, and whether it happened is not known yet.
    #[error("it is not known yet whether the store did commit: {0}")]
    Unsettled(#[source] Source),
    /// The engine failed while the store was open.
    #[error("the store failed: {0}")]
    Engine(#[source] Source),
    /// A document does not read back as its type.
    #[error("a document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    /// What is asked for would have to wait too long for what others have asked for before.
    #[error("too much is read from the store at once; try again shortly")]
    Busy,
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
            Self::Unavailable(source) => Self::Unavailable(Source::clone(source)),
            Self::Unsettled(source) => Self::Unsettled(Source::clone(source)),
            Self::Engine(source) => Self::Engine(Source::clone(source)),
            Self::Busy => Self::Busy,
            Self::Closed => Self::Closed,
            other => Self::engine(other.to_string()),
        }
    }

    pub(super) fn unwritable(path: &Path, error: impl Into<BoxError>) -> Self {
        Self::Unwritable { path: path.to_owned(), source: source(error) }
    }

    pub(super) fn corrupt(path: &Path, error: impl Into<BoxError>) -> Self {
        Self::Corrupt { path: path.to_owned(), source: source(error) }
    }

    pub(super) fn unavailable(error: impl Into<BoxError>) -> Self {
        Self::Unavailable(source(error))
    }

    pub(super) fn unsettled(error: impl Into<BoxError>) -> Self {
        Self::Unsettled(source(error))
    }

    pub(super) fn engine(error: impl Into<BoxError>) -> Self {
        Self::Engine(source(error))
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Makes the directory of a store's file.
pub(super) fn make_directory(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            std::fs::create_dir_all(parent).map_err(|error| StoreError::unwritable(path, error))
        }
        _ => Ok(()),
    }
}
