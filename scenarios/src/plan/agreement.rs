//! Documents that must agree with one another, checked.

use std::fmt;

use super::{JsonPath, RequestTarget};

/// Items of a collection, each with a key.
#[derive(Debug, Clone)]
pub struct KeyedCollection {
    /// The collection; `_links.next` is followed.
    pub target: RequestTarget,
    /// Its items.
    pub items: JsonPath,
    /// The key in an item.
    pub key: JsonPath,
}

/// What was called off.
#[derive(Debug, Clone)]
pub enum Canceled {
    /// What a load's accepted commands are about.
    By(String),
    /// What is found.
    Found(KeyedCollection),
}

/// What makes good for something that was called off.
#[derive(Debug, Clone)]
pub struct Compensation {
    /// Where it is.
    pub rows: KeyedCollection,
    /// What must be true of it; `None` when there must be none.
    pub json: Option<Vec<(JsonPath, serde_json::Value)>>,
}

/// One of the collections that a view is made from.
#[derive(Debug, Clone)]
pub struct ViewSource {
    /// Its items, with the key of the view's row.
    pub rows: KeyedCollection,
    /// What the view's row must show of them.
    pub fields: Vec<ViewField>,
}

/// One value of a view's row.
#[derive(Debug, Clone)]
pub struct ViewField {
    /// Where the row shows it.
    pub shown: JsonPath,
    /// How it is made from the source's items of that key.
    pub fold: Fold,
    /// Where they hold it.
    pub held: JsonPath,
}

/// What becomes of several items of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// The last one counts.
    Last,
    /// Numbers are added up.
    Sum,
    /// They are counted.
    Count,
}

impl fmt::Display for Canceled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(load) => out.write_str(load),
            Self::Found(rows) => out.write_str(&rows.target.document()),
        }
    }
}
