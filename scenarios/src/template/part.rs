//! What templates are made of, and why a text is none.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// As it is.
    Text(String),
    /// To fill in.
    Placeholder(Placeholder),
}

/// A place to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// What stands in front of the parentheses, or alone.
    pub name: String,
    /// What stands in the parentheses; `None` without any.
    pub arguments: Option<Vec<i64>>,
    /// Whether it stands in a URL as it is, without percent-encoding.
    pub raw: bool,
    /// Where its `${` starts in the text, in bytes.
    pub at: usize,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct InvalidTemplate {
    /// Where the bad place starts in the text, in bytes.
    pub at: usize,
    /// What is wrong.
    pub what: String,
    /// What was probably meant.
    pub help: Option<String>,
}
