//! Feeds as they are written: rows of values for users.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;

/// Rows of values; when they have all been used, the first comes again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FeedSpec {
    /// A CSV file with a header line, relative to this file.
    pub csv: Option<Located<String>>,
    /// The rows themselves.
    pub rows: Option<Vec<BTreeMap<String, serde_json::Value>>>,
    /// Which row comes next: `inTurn` unless given.
    #[serde(default)]
    pub order: FeedOrder,
    /// What the CSV file holds, once it has been read.
    #[serde(skip)]
    pub text: Option<String>,
}

/// Which row comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FeedOrder {
    /// One after the other, over all users.
    #[default]
    InTurn,
    /// Any row, drawn at random each time.
    Random,
}
