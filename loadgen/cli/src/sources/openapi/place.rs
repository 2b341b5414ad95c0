//! Where a document is, and where its references to others lead.

use std::fmt;
use std::path::{Path, PathBuf};

use brunt_scenarios::url_text;
use url::Url;

/// Where a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DocumentPlace {
    /// A file, absolute and without links.
    File(PathBuf),
    /// At an address of http or https.
    Url(Url),
}

/// Why a reference to another document is not followed.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A text that leads nowhere.
    #[error("it is no path and no URL of http or https")]
    Invalid,
    /// A server that could make this program ask others on its behalf.
    #[error("a document from {0} may lead to documents of the same server only")]
    OtherServer(String),
    /// Whoever writes a document must not choose any file of the machine.
    #[error("it is outside of {}: run brunt in a folder above both", .0.display())]
    Outside(PathBuf),
    /// Too much to read.
    #[error("with it, the document has more than {0}")]
    TooMuch(&'static str),
    /// A document that is not there.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// A text that is no document.
    #[error("it is neither JSON nor YAML")]
    NotYaml,
}

impl DocumentPlace {
    /// The place of a document that an option names, or that a URL led to.
    pub fn named(name: &str) -> Option<Self> {
        match name.contains("://") {
            true => Url::parse(name).ok().map(Self::Url),
            // Stdin has no folder.
            false if name == "-" => None,
            false => Path::new(name).canonicalize().ok().map(Self::File),
        }
    }

    /// Where a reference in this document leads, without its fragment.
    pub fn join(&self, reference: &str) -> Result<Self, ReferenceError> {
        let absolute = reference.contains("://");
        match self {
            Self::Url(from) => {
                let to = from.join(reference).map_err(|_| ReferenceError::Invalid)?;
                match to.origin() == from.origin() {
                    true => Ok(Self::Url(to)),
                    false => Err(ReferenceError::OtherServer(from.origin().ascii_serialization())),
                }
            }
            Self::File(_) if absolute => {
                let to = Url::parse(reference).map_err(|_| ReferenceError::Invalid)?;
                match matches!(to.scheme(), "http" | "https") {
                    true => Ok(Self::Url(to)),
                    false => Err(ReferenceError::Invalid),
                }
            }
            Self::File(from) => {
                let folder = from.parent().unwrap_or(Path::new("/"));
                let to = folder.join(url_text::decoded(reference));
                let unreadable =
                    |error: std::io::Error| ReferenceError::Unreadable(error.to_string());
                let to = to.canonicalize().map_err(unreadable)?;
                Ok(Self::File(to))
            }
        }
    }

    /// A name for the document, by which kinds of objects are told apart: `Dog` of `pets/Dog.yaml`.
    pub fn stem(&self) -> String {
        let path = match self {
            Self::File(path) => path.as_path(),
            Self::Url(url) => Path::new(url.path()),
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_plain = |letter: &char| letter.is_alphanumeric() || "-_.".contains(*letter);
        stem.chars().filter(is_plain).collect()
    }
}

impl fmt::Display for DocumentPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Url(url) => write!(out, "{url}"),
        }
    }
}
