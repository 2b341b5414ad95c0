//! Documents that must agree with one another, as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::EffectsSpec;
use crate::source::Located;
use crate::units::{Period, Positive};

/// How items with keys are written.
#[derive(Debug, Clone, Copy)]
pub struct RowsSpec<'s> {
    /// What to request: `SERVICE/PATH` of the collection.
    pub get: &'s Located<String>,
    /// Where its items are: a JSONPath.
    pub items: Option<&'s Located<String>>,
    /// Or the map of which they are the entries: a JSONPath.
    pub entries: Option<&'s Located<String>>,
    /// Where an item has its key.
    pub key: Option<&'s Located<String>>,
}

/// Makes the rows of a type that has these fields.
macro_rules! rows {
    ($($name:ident),+) => {$(
        impl $name {
            /// The items, as they are written.
            pub fn rows(&self) -> RowsSpec<'_> {
                RowsSpec {
                    get: &self.get,
                    items: self.items.as_ref(),
                    entries: self.entries.as_ref(),
                    key: self.key.as_ref(),
                }
            }
        }
    )+};
}
rows!(KeyedCollectionSpec, CompensationSpec, ViewSourceSpec, EffectsSpec);

/// Items of a collection, each with a key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyedCollectionSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Option<Located<String>>,
    /// Or the JSON path of a map: each of its entries is an item `{key, value}`.
    pub entries: Option<Located<String>>,
    /// JSON path, in an item, of the key by which it belongs to others; `$.key` of
    /// `entries` unless given.
    pub key: Option<Located<String>>,
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
    pub within: Positive<Period>,
}

/// What compensates for something that was canceled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CompensationSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Option<Located<String>>,
    /// Or the JSON path of a map: each of its entries is an item `{key, value}`.
    pub entries: Option<Located<String>>,
    /// JSON path, in an item, of the key of what was canceled; `$.key` of `entries` unless given.
    pub key: Option<Located<String>>,
    /// JSON path → value: what must be true of the item.
    #[serde(default)]
    pub json: BTreeMap<Located<String>, serde_json::Value>,
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
    pub within: Positive<Period>,
}

/// One of the collections that a view is made from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ViewSourceSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Option<Located<String>>,
    /// Or the JSON path of a map: each of its entries is an item `{key, value}`.
    pub entries: Option<Located<String>>,
    /// JSON path, in an item, of the key of the view's row that shows it; `$.key` of
    /// `entries` unless given.
    pub key: Option<Located<String>>,
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
