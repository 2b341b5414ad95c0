//! Collections whose items are found by a key.

use super::{JsonPath, RequestTarget};

/// Items of a collection, each with a key by which it belongs to items of others.
#[derive(Debug, Clone)]
pub struct KeyedCollection {
    /// The collection's first page; `_links.next` is followed.
    pub target: RequestTarget,
    /// Where a page holds its items.
    pub items: JsonPath,
    /// Where an item holds its key.
    pub key: JsonPath,
}
