//! The nodes of a document.

use super::core_schema::{CoreScalar, resolve};
use crate::source::Span;

/// What stands for a value that is missing: both a text and a number.
pub(super) const STAND_IN: &str = "1";

/// A node, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct YamlNode {
    /// Its number in the document, by which errors refer to it.
    pub id: usize,
    /// Where it begins.
    pub span: Span,
    /// How many levels of nodes it has, itself included.
    pub height: usize,
    /// Whether something that could not be read was left out of it, so that it may
    /// seem to lack something.
    pub is_incomplete: bool,
    /// What it holds.
    pub content: YamlContent,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum YamlContent {
    /// A text, with what it means without a type that says so.
    Scalar(String, ScalarKind),
    /// Items in order.
    List(Vec<YamlNode>),
    /// Keys and their values, in order; each key once.
    Map(Vec<(YamlNode, YamlNode)>),
}

/// What decides on the meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarKind {
    /// Its text, by the core schema.
    Plain,
    /// Quotes, a block or a tag: it is a text.
    Text,
}

impl YamlNode {
    /// What a scalar means; `None` for lists and maps.
    pub fn scalar(&self) -> Option<CoreScalar<'_>> {
        match &self.content {
            YamlContent::Scalar(text, ScalarKind::Plain) => Some(resolve(text)),
            YamlContent::Scalar(text, ScalarKind::Text) => Some(CoreScalar::Text(text)),
            _ => None,
        }
    }

    /// What it is called in messages.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            YamlContent::Scalar(..) => match self.scalar() {
                Some(CoreScalar::Null) => "nothing",
                Some(CoreScalar::Bool(_)) => "true or false",
                Some(CoreScalar::Int(_) | CoreScalar::Float(_)) => "a number",
                _ => "a text",
            },
            YamlContent::List(_) => "a list",
            YamlContent::Map(_) => "a map of keys and values",
        }
    }

    /// How many nodes it has, itself included.
    pub fn size(&self) -> usize {
        1 + match &self.content {
            YamlContent::Scalar(..) => 0,
            YamlContent::List(items) => items.iter().map(Self::size).sum(),
            YamlContent::Map(entries) => {
                entries.iter().map(|(key, value)| key.size() + value.size()).sum()
            }
        }
    }

    /// All texts in it.
    pub fn texts<'n>(&'n self, see: &mut impl FnMut(&'n str)) {
        match &self.content {
            YamlContent::Scalar(text, _) => see(text),
            YamlContent::List(items) => items.iter().for_each(|item| item.texts(see)),
            YamlContent::Map(entries) => entries.iter().for_each(|(key, value)| {
                key.texts(see);
                value.texts(see);
            }),
        }
    }

    /// The node of this number, which is no key.
    pub fn find(&self, id: usize) -> Option<&Self> {
        if self.id == id {
            return Some(self);
        }
        match &self.content {
            YamlContent::Scalar(..) => None,
            YamlContent::List(items) => items.iter().find_map(|item| item.find(id)),
            YamlContent::Map(entries) => entries.iter().find_map(|(_, value)| value.find(id)),
        }
    }

    /// Gives the key of this number another name, unless there is one of that name;
    /// returns whether it did.
    pub fn rename(&mut self, id: usize, name: &str) -> bool {
        match &mut self.content {
            YamlContent::Scalar(..) => false,
            YamlContent::List(items) => items.iter_mut().any(|item| item.rename(id, name)),
            YamlContent::Map(entries) => {
                let Some(at) = entries.iter().position(|(key, _)| key.id == id) else {
                    return entries.iter_mut().any(|(_, value)| value.rename(id, name));
                };
                let is_free = !entries.iter().any(|(key, _)| key.is_text(name));
                if is_free {
                    entries[at].0.content = YamlContent::Scalar(name.to_owned(), ScalarKind::Text);
                }
                is_free
            }
        }
    }

    fn is_text(&self, text: &str) -> bool {
        matches!(&self.content, YamlContent::Scalar(own, _) if own == text)
    }

    /// The last line on which something of it begins.
    pub fn last_line(&self) -> usize {
        let below = match &self.content {
            YamlContent::Scalar(..) => None,
            YamlContent::List(items) => items.last().map(Self::last_line),
            YamlContent::Map(entries) => entries.last().map(|(_, value)| value.last_line()),
        };
        below.unwrap_or(0).max(self.span.line)
    }

    /// The node that holds the one of this number.
    pub fn holder(&self, id: usize) -> Option<&Self> {
        match &self.content {
            YamlContent::Scalar(..) => None,
            YamlContent::List(items) => {
                let has = items.iter().any(|item| item.id == id);
                has.then_some(self).or_else(|| items.iter().find_map(|item| item.holder(id)))
            }
            YamlContent::Map(entries) => {
                let has = entries.iter().any(|(key, value)| key.id == id || value.id == id);
                let below = || entries.iter().find_map(|(_, value)| value.holder(id));
                has.then_some(self).or_else(below)
            }
        }
    }

    /// Adds a value for a key that is missing, so that the rest can be read; returns
    /// whether it did.
    pub fn add_placeholder(&mut self, key: &str) -> bool {
        // It has the number of the map: an error at the placeholder is one of the map's.
        let (id, span) = (self.id, self.span);
        let YamlContent::Map(entries) = &mut self.content else { return false };
        let has = |(name, _): &(Self, Self)| matches!(&name.content, YamlContent::Scalar(text, _) if text == key);
        if entries.iter().any(has) {
            return false;
        }
        let scalar = |text: &str, kind| {
            let content = YamlContent::Scalar(text.to_owned(), kind);
            Self { id, span, height: 1, is_incomplete: true, content }
        };
        let entry = (scalar(key, ScalarKind::Text), scalar(STAND_IN, ScalarKind::Plain));
        entries.push(entry);
        true
    }

    /// Takes the node of this number out, with its key if it has one, or with its value if it is a
    /// key. What held it is marked as incomplete if `incomplete` says so.
    pub fn take(&mut self, id: usize, incomplete: bool) -> Option<Vec<Self>> {
        let found = match &mut self.content {
            YamlContent::Scalar(..) => return None,
            YamlContent::List(items) => match items.iter().position(|item| item.id == id) {
                Some(at) => Some(vec![items.remove(at)]),
                None => return items.iter_mut().find_map(|item| item.take(id, incomplete)),
            },
            YamlContent::Map(entries) => {
                let is_meant = |(key, value): &(Self, Self)| key.id == id || value.id == id;
                match entries.iter().position(is_meant) {
                    Some(at) => Some(entries.remove(at)).map(|(key, value)| vec![key, value]),
                    None => {
                        return entries
                            .iter_mut()
                            .find_map(|(_, value)| value.take(id, incomplete));
                    }
                }
            }
        };
        self.is_incomplete |= incomplete;
        found
    }
}
