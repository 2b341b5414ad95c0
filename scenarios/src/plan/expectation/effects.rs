//! Where the effects of a load's commands are read.

use crate::plan::{JsonPath, KeyedCollection};

/// Where the effects of commands are, and what makes one complete.
#[derive(Debug, Clone)]
pub struct Effects {
    /// The collection that holds them, keyed by the command's id.
    pub rows: KeyedCollection,
    /// What must be true of an item for its command to count as done.
    pub json: Vec<(JsonPath, serde_json::Value)>,
}
