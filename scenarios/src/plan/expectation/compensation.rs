//! What was canceled, and what compensates for it.

use std::fmt;

use crate::plan::{JsonPath, KeyedCollection};

/// What was canceled.
#[derive(Debug, Clone)]
pub enum Canceled {
    /// What the accepted commands of the load with this name are about.
    By(String),
    /// What is found in a collection.
    Found(KeyedCollection),
}

/// What compensates for something that was canceled.
#[derive(Debug, Clone)]
pub struct Compensation {
    /// Where it is, by the key of what was canceled.
    pub rows: KeyedCollection,
    /// What must be true of it; `None` when there must be none.
    pub json: Option<Vec<(JsonPath, serde_json::Value)>>,
}

impl fmt::Display for Canceled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(load) => out.write_str(load),
            Self::Found(rows) => out.write_str(&rows.target.document()),
        }
    }
}
