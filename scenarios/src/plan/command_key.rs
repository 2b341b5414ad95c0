//! The key by which a command is found again.

use std::fmt;

use super::{Extract, JsonPath, Pattern};

/// Where the key of a command is.
#[derive(Debug, Clone)]
pub enum CommandKey {
    /// In the reply that accepts it.
    Reply(Extract),
    /// In the request, once its values are filled in.
    Request(SentKey),
}

/// Where in a request its key is.
#[derive(Debug, Clone)]
pub enum SentKey {
    /// The first that a path finds in the body; of a form, in an object of its fields.
    Json(JsonPath),
    /// A header, or what an expression finds in it.
    Header(String, Option<Pattern>),
    /// What an expression finds in the path and query.
    Path(Pattern),
    /// What an expression finds in the body.
    Body(Pattern),
}

impl fmt::Display for CommandKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply(Extract::Json(path)) => write!(out, "{path}"),
            Self::Reply(Extract::Header(name, _)) => write!(out, "{name}"),
            Self::Reply(Extract::Body(pattern)) => write!(out, "{pattern}"),
            Self::Request(key) => write!(out, "{key} of the request"),
        }
    }
}

impl fmt::Display for SentKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(path) => write!(out, "{path}"),
            Self::Header(name, _) => out.write_str(name),
            Self::Path(pattern) | Self::Body(pattern) => write!(out, "{pattern}"),
        }
    }
}
