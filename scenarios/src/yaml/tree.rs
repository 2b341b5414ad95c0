//! From text to trees of nodes.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, Span as TextSpan, Tag};

use super::error::{YamlError, YamlProblem};
use super::node::{ScalarKind, YamlContent, YamlNode};
use crate::source::Span;

/// More nodes than a file of a few megabytes has. Aliases multiply nodes, so a small text could
/// become a tree that fills the memory.
const MOST_NODES: usize = 2_000_000;

/// How deep nodes may be within one another. What reads them calls itself for each level.
const MOST_LEVELS: usize = 120;

/// A document as a tree of nodes, before it becomes a typed value.
#[derive(Debug)]
pub(super) struct YamlTree {
    /// The node that holds all others.
    pub root: YamlNode,
    /// What is wrong with it, and does not hinder reading the rest.
    pub problems: Vec<YamlError>,
}

/// The documents of a text.
pub(super) fn trees(text: &str) -> Result<Vec<YamlTree>, YamlError> {
    let mut options = granit_parser::options! {
        flow_nesting_limit: MOST_LEVELS,
        block_nesting_limit: MOST_LEVELS,
        // A key of a map in braces is looked for on one line; paths and URLs are longer than 1,024.
        simple_key_max_lookahead: 65_536,
    };
    options.set_emit_comments(false);
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let mark = error.marker();
            YamlError::syntax(place(mark.line(), mark.col()), error.info())
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

#[derive(Default)]
struct Builder {
    documents: Vec<YamlTree>,
    problems: Vec<YamlError>,
    open: Vec<OpenNode>,
    anchors: HashMap<usize, YamlNode>,
    nodes: usize,
}

/// A list or a map whose end has not come yet.
struct OpenNode {
    span: Span,
    anchor: usize,
    /// Items; keys and values in turn for a map.
    children: Vec<YamlNode>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: TextSpan) -> Result<(), YamlError> {
        let span = place(span.start.line(), span.start.col());
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let kind = scalar_kind(style, tag.as_deref());
                let node = self.node(span, 1, YamlContent::Scalar(text.into_owned(), kind))?;
                self.add(node, anchor)?;
            }
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => {
                self.open.push(OpenNode { span, anchor, children: Vec::new() });
            }
            Event::SequenceEnd => {
                if let Some(OpenNode { span, anchor, children }) = self.open.pop() {
                    let height = height(children.iter());
                    let node = self.node(span, height, YamlContent::List(children))?;
                    self.add(node, anchor)?;
                }
            }
            Event::MappingEnd => {
                if let Some(OpenNode { span, anchor, children }) = self.open.pop() {
                    let height = height(children.iter());
                    let entries = self.entries(children)?;
                    let node = self.node(span, height, YamlContent::Map(entries))?;
                    self.add(node, anchor)?;
                }
            }
            Event::Alias(anchor) => {
                let Some(meant) = self.anchors.get(&anchor).cloned() else {
                    return Err(YamlError::syntax(span, "an alias within the node that it means"));
                };
                let mut node = self.numbered(meant)?;
                // A problem of it is shown where it is used: where it is anchored it may be right.
                node.span = span;
                self.add(node, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn node(
        &mut self,
        span: Span,
        height: usize,
        content: YamlContent,
    ) -> Result<YamlNode, YamlError> {
        self.count(1, span)?;
        Ok(YamlNode { id: self.nodes, span, height, is_incomplete: false, content })
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), YamlError> {
        self.nodes += more;
        if self.nodes > MOST_NODES {
            let what = format!("more than {MOST_NODES} values, those behind aliases included");
            return Err(YamlError::syntax(span, what));
        }
        Ok(())
    }

    /// A copy of an anchored node, with numbers of its own.
    fn numbered(&mut self, node: YamlNode) -> Result<YamlNode, YamlError> {
        let content = match node.content {
            YamlContent::List(items) => {
                let items = items.into_iter().map(|item| self.numbered(item));
                YamlContent::List(items.collect::<Result<_, _>>()?)
            }
            YamlContent::Map(entries) => {
                let numbered = |(key, value)| Ok((self.numbered(key)?, self.numbered(value)?));
                YamlContent::Map(entries.into_iter().map(numbered).collect::<Result<_, _>>()?)
            }
            scalar @ YamlContent::Scalar(..) => scalar,
        };
        self.node(node.span, node.height, content)
    }

    fn add(&mut self, node: YamlNode, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() + node.height > MOST_LEVELS {
            let what = format!("more than {MOST_LEVELS} levels of lists and maps");
            return Err(YamlError::syntax(node.span, what));
        }
        if anchor != 0 {
            // The copy counts: nested anchors would otherwise keep one of each level.
            self.count(node.size(), node.span)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => {
                let problems = std::mem::take(&mut self.problems);
                self.documents.push(YamlTree { root: node, problems });
            }
        }
        Ok(())
    }

    /// The entries of a map, each key once, with those that it merges from others (`<<`).
    fn entries(&mut self, children: Vec<YamlNode>) -> Result<Vec<(YamlNode, YamlNode)>, YamlError> {
        let (mut entries, mut merged): (Vec<(YamlNode, YamlNode)>, _) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        let mut children = children.into_iter();
        while let Some((key, value)) = children.next().zip(children.next()) {
            let YamlContent::Scalar(text, kind) = &key.content else {
                return Err(YamlError::syntax(key.span, "a key is a text, not a list or a map"));
            };
            if text == "<<" && *kind == ScalarKind::Plain {
                if !is_mergeable(&value) {
                    let problem = YamlProblem::Invalid("`<<` merges maps, and this is none".into());
                    self.problems.push(YamlError { span: Some(key.span), problem, node: None });
                }
                merged.extend(maps(value));
            } else if seen.insert(text.clone()) {
                entries.push((key, value));
            } else {
                let problem = YamlProblem::Invalid(format!("the key `{text}` is here twice"));
                self.problems.push(YamlError { span: Some(key.span), problem, node: None });
            }
        }
        // After the map's own, which come before merged ones wherever `<<` stands.
        for (key, value) in merged {
            let YamlContent::Scalar(text, _) = &key.content else { continue };
            if seen.insert(text.clone()) {
                entries.push((key, value));
            }
        }
        Ok(entries)
    }
}

fn is_mergeable(node: &YamlNode) -> bool {
    match &node.content {
        YamlContent::Map(_) => true,
        YamlContent::List(items) => items.iter().all(is_mergeable),
        YamlContent::Scalar(..) => false,
    }
}

/// The entries of a map, or those of all maps in a list.
fn maps(node: YamlNode) -> Vec<(YamlNode, YamlNode)> {
    match node.content {
        YamlContent::Map(entries) => entries,
        YamlContent::List(items) => items.into_iter().flat_map(maps).collect(),
        YamlContent::Scalar(..) => Vec::new(),
    }
}

fn height<'n>(children: impl Iterator<Item = &'n YamlNode>) -> usize {
    1 + children.map(|child| child.height).max().unwrap_or(0)
}

fn scalar_kind(style: ScalarStyle, tag: Option<&Tag>) -> ScalarKind {
    let core = tag.and_then(Tag::core_suffix);
    match core {
        Some("str") => ScalarKind::Text,
        // A tag such as `!!int` counts for more than quotes.
        Some(_) => ScalarKind::Plain,
        None if style == ScalarStyle::Plain => ScalarKind::Plain,
        None => ScalarKind::Text,
    }
}

/// The parser counts columns from 0.
fn place(line: usize, column: usize) -> Span {
    Span { line: line.max(1), column: column + 1 }
}
