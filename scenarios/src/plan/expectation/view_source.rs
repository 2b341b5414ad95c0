//! What a view is made from, and how.

use crate::plan::{JsonPath, KeyedCollection};

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
    /// Where these items hold it.
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
