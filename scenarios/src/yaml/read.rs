//! Reads documents: all at once, with everything that is wrong, or up to the first thing.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::deserializer::NodeDeserializer;
use super::error::{YamlError, YamlProblem};
use super::node::YamlNode;
use super::tree::{YamlTree, trees};
use crate::source::Span;

/// More problems of one document than anybody mends in one go. Each costs a reading of all of it.
const MOST_PROBLEMS: usize = 50;

/// What could not be read of a document, and is missing in what was read of it.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    texts: BTreeSet<String>,
    is_incomplete: bool,
}

impl LeftOut {
    /// Whether this text was in what was left out.
    pub fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Whether something is missing that would otherwise be there: more than an unknown key.
    pub fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    fn add(&mut self, nodes: &[YamlNode], is_incomplete: bool) {
        let texts = &mut self.texts;
        for node in nodes {
            node.texts(&mut |text| texts.extend([text.to_owned()]));
        }
        self.is_incomplete |= is_incomplete;
    }
}

/// Reads the one document of a text.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    read(only(trees(text)?)?)
}

/// Reads every document of a text.
///
/// # Errors
/// The first thing that is wrong with one of them.
pub fn documents<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, YamlError> {
    trees(text)?.into_iter().map(read).collect()
}

/// Reads the one document of a text as far as it can be read, with everything that is wrong. There
/// is a value if all that was left out is optional.
pub fn read_all<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<YamlError>, LeftOut) {
    let tree = trees(text).and_then(only);
    let mut left_out = LeftOut::default();
    let YamlTree { mut root, mut problems } = match tree {
        Ok(tree) => tree,
        Err(error) => return (None, vec![error], left_out),
    };
    loop {
        let error = match T::deserialize(NodeDeserializer(&root)) {
            Ok(value) => return (Some(value), problems, left_out),
            Err(error) => error,
        };
        let node = error.node.unwrap_or(root.id);
        // What lacks something because it was left out is left out in turn, without a word.
        if !is_incomplete(&root, node) {
            problems.push(error.clone());
        }
        let incomplete = !matches!(error.problem, YamlProblem::UnknownKey { .. });
        let taken = root.take(node, incomplete);
        left_out.add(taken.as_deref().unwrap_or_default(), incomplete);
        if taken.is_none() || problems.len() >= MOST_PROBLEMS {
            return (None, problems, left_out);
        }
    }
}

fn read<T: DeserializeOwned>(tree: YamlTree) -> Result<T, YamlError> {
    match tree.problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => T::deserialize(NodeDeserializer(&tree.root)),
    }
}

fn only(trees: Vec<YamlTree>) -> Result<YamlTree, YamlError> {
    let mut trees = trees.into_iter();
    let start = Span { line: 1, column: 1 };
    match (trees.next(), trees.next()) {
        (Some(tree), None) => Ok(tree),
        (None, _) => Err(YamlError::syntax(start, "the file is empty")),
        (Some(_), Some(second)) => {
            Err(YamlError::syntax(second.root.span, "a second document: one is expected"))
        }
    }
}

fn is_incomplete(root: &YamlNode, id: usize) -> bool {
    root.find(id).is_some_and(|node| node.is_incomplete)
}
