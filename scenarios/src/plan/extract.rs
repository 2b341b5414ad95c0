//! Where in a reply a value is.

use super::{JsonPath, Pattern};

/// Where in a reply a value is.
#[derive(Debug, Clone)]
pub enum Extract {
    /// The first that a path finds in the body.
    Json(JsonPath),
    /// A header, or what an expression finds in it.
    Header(String, Option<Pattern>),
    /// What an expression finds in the body.
    Body(Pattern),
}
