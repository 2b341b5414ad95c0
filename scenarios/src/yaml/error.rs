//! What can be wrong with a document.

use std::fmt;

use crate::source::Span;

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct YamlError {
    /// Where it stands; `None` when the whole document is meant.
    pub span: Option<Span>,
    /// What is wrong.
    pub problem: YamlProblem,
    /// The node that is meant.
    pub(super) node: Option<usize>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlProblem {
    /// The text is no YAML, or exceeds the bounds of this reader.
    #[error("{0}")]
    Syntax(String),
    /// A key that is not known there.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key as it is written.
        key: String,
        /// The keys that are known there.
        known: &'static [&'static str],
    },
    /// One of several kinds is meant, and this is none of them.
    #[error("unknown kind `{kind}`")]
    UnknownKind {
        /// The name of the kind.
        kind: String,
        /// The kinds that there are.
        known: &'static [&'static str],
    },
    /// A key without which nothing can be done.
    #[error("`{0}` is missing")]
    MissingKey(&'static str),
    /// A value that is not of its form.
    #[error("{0}")]
    Invalid(String),
}

impl YamlError {
    pub(super) fn syntax(span: Span, what: impl Into<String>) -> Self {
        Self { span: Some(span), problem: YamlProblem::Syntax(what.into()), node: None }
    }

    /// The same, at this node unless it has a place already.
    pub(super) fn at(mut self, node: usize, span: Span) -> Self {
        if self.node.is_none() {
            self.node = Some(node);
            self.span = Some(span);
        }
        self
    }

    fn new(problem: YamlProblem) -> Self {
        Self { span: None, problem, node: None }
    }
}

impl serde::de::Error for YamlError {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self::new(YamlProblem::Invalid(what.to_string()))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(YamlProblem::UnknownKey { key: field.to_owned(), known: expected })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(YamlProblem::UnknownKind { kind: variant.to_owned(), known: expected })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(YamlProblem::MissingKey(field))
    }
}
