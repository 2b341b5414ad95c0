//! Reads documents: all at once, with everything that is wrong, or up to the first thing.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::deserializer::NodeDeserializer;
use super::error::{YamlError, YamlProblem};
use super::node::{STAND_IN, YamlContent, YamlNode};
use super::tree::{YamlTree, trees};
use crate::source::{Span, nearest};

/// More problems of one document than anybody mends in one go. Each costs a reading of all of it.
const MOST_PROBLEMS: usize = 50;

/// What could not be read of a document, and is missing in what was read of it.
#[derive(Debug, Clone, Default)]
pub struct LeftOut {
    texts: BTreeSet<String>,
    keys: Vec<LeftOutKey>,
    is_incomplete: bool,
}

/// A key that was left out with its value.
#[derive(Debug, Clone)]
struct LeftOutKey {
    key: String,
    /// Where the map that lacks it begins.
    from: Span,
    /// The last line on which something of that map begins.
    last_line: usize,
}

impl LeftOut {
    /// Whether this text was in what was left out.
    pub fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Whether one of these words is a key that the map around this place lacks.
    pub fn lacks(&self, place: Span, words: &str) -> bool {
        let mut keys = self.keys.iter();
        let is_around = |one: &&LeftOutKey| (one.from.line..=one.last_line).contains(&place.line);
        let is_word = |key: &str| {
            words.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == key)
        };
        keys.any(|one| is_around(&one) && is_word(&one.key))
    }

    /// Whether something is missing that would otherwise be there: more than an unknown key.
    pub fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Adds what was left out of another document.
    pub(crate) fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
        // Its places are those of another file.
        self.is_incomplete |= other.is_incomplete;
    }

    fn add(&mut self, nodes: &[YamlNode], holder: Option<(Span, usize)>, is_incomplete: bool) {
        if let ([key, _], Some((from, last_line))) = (nodes, holder) {
            let add = |key: &str| LeftOutKey { key: key.to_owned(), from, last_line };
            key.texts(&mut |key| self.keys.push(add(key)));
        }
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
    problems.truncate(MOST_PROBLEMS);
    let mut placeholders = BTreeSet::new();
    while problems.len() < MOST_PROBLEMS {
        let error = match T::deserialize(NodeDeserializer(&root)) {
            Ok(value) => return (Some(value), problems, left_out),
            Err(error) => error,
        };
        let node = error.node.unwrap_or(root.id);
        if let (true, YamlProblem::MissingKey(key)) = (node == root.id, &error.problem)
            && placeholders.insert((*key).to_string())
            && root.add_placeholder(key)
        {
            left_out.texts.insert(STAND_IN.to_owned());
            left_out.is_incomplete = true;
            // A key that was left out because of its value is not missing.
            if !left_out.keys.iter().any(|one| one.key == *key) {
                problems.push(error);
            }
            continue;
        }
        if node == root.id && !placeholders.is_empty() {
            // A placeholder does not do, as for a map of services: nothing can be read without it.
            break;
        }
        // What lacks something because it was left out is left out in turn, without a word.
        if !is_incomplete(&root, node) {
            problems.push(error.clone());
        }
        // Under the name that was meant, its value is read and checked, too.
        if let Some(name) = meant(&error.problem)
            && root.rename(node, name)
        {
            continue;
        }
        let holder = root.holder(node).map(|holder| (holder.span, holder.last_line()));
        // Nothing would have been read of an unknown key, so nothing is missing without it.
        let incomplete = !matches!(error.problem, YamlProblem::UnknownKey { .. });
        let taken = root.take(node, incomplete);
        left_out.add(taken.as_deref().unwrap_or_default(), holder, incomplete);
        if taken.is_none() {
            // It is the root, without which nothing is left to read.
            break;
        }
    }
    (None, problems, left_out)
}

/// The keys at the top of a document that may have mistakes; none of one that cannot be read.
pub(crate) fn top_keys(text: &str) -> Vec<String> {
    let tree = trees(text).and_then(only);
    let Ok(YamlContent::Map(entries)) = tree.map(|tree| tree.root.content) else {
        return Vec::new();
    };
    let key = |(key, _): (YamlNode, YamlNode)| match key.content {
        YamlContent::Scalar(text, _) => Some(text),
        YamlContent::List(_) | YamlContent::Map(_) => None,
    };
    entries.into_iter().filter_map(key).collect()
}

/// The name that was meant by one that is not known.
fn meant(problem: &YamlProblem) -> Option<&'static str> {
    match problem {
        YamlProblem::UnknownKey { key: name, known }
        | YamlProblem::UnknownKind { kind: name, known } => nearest(name, known),
        _ => None,
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
    match (trees.next(), trees.next()) {
        (Some(tree), None) => Ok(tree),
        (None, _) => Err(YamlError::syntax(Span::START, "the file is empty")),
        (Some(_), Some(second)) => {
            Err(YamlError::syntax(second.root.span, "a second document: one is expected"))
        }
    }
}

fn is_incomplete(root: &YamlNode, id: usize) -> bool {
    root.find(id).is_some_and(|node| node.is_incomplete)
}
