//! Documents that must agree with one another, as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::units::Period;

/// Items of a collection, each with a key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyedCollectionSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Located<String>,
    /// JSON path, in an item, of the key by which it belongs to others.
    pub key: Located<String>,
}

/// All that was canceled is compensated, everywhere.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SagaSpec {
    /// The load whose accepted commands cancel something. It needs a `key`.
    pub of: Option<Located<String>>,
    /// Or the collection of what was canceled.
    pub canceled: Option<Located<KeyedCollectionSpec>>,
    /// The old name of `canceled`, which is still read.
    #[schemars(skip)]
    pub called_off: Option<Located<KeyedCollectionSpec>>,
    /// What must then be true, in each of these places.
    pub compensated: Vec<CompensationSpec>,
    /// How long after the load's end (or the last fault's, if later) it may take.
    pub within: Period,
}

/// What compensates for something that was canceled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CompensationSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Located<String>,
    /// JSON path, in an item, of the key of what was canceled.
    pub key: Located<String>,
    /// JSON path → value: what must be true of the item.
    #[serde(default)]
    pub json: BTreeMap<String, serde_json::Value>,
    /// There must be no such item.
    #[serde(default)]
    pub absent: bool,
}

/// A view shows what its sources hold: one row for each of their keys, and no other.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ViewSpec {
    /// The view's rows.
    pub of: KeyedCollectionSpec,
    /// What it is made from.
    pub sources: Vec<Located<ViewSourceSpec>>,
    /// How long after the load's end (or the last fault's, if later) it may take to show it.
    pub within: Period,
}

/// One of the collections that a view is made from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ViewSourceSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Located<String>,
    /// JSON path, in an item, of the key of the view's row that shows it.
    pub key: Located<String>,
    /// JSON path in the view's row → what it must equal: a path in the source's last item of that
    /// key, or a fold over all of them.
    #[serde(default)]
    pub fields: BTreeMap<String, FoldSpec>,
}

/// What becomes of a source's items of one key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FoldSpec {
    /// The value at this path in the last one.
    Last(String),
    /// A fold over all of them.
    Over(FoldOverSpec),
}

/// A fold over all items of one key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FoldOverSpec {
    /// The numbers at this path, added up.
    Sum(String),
    /// How many values there are at this path.
    Count(String),
}
