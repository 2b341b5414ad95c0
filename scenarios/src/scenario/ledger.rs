//! Ledgers of accepted commands, as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::units::{Period, Positive};

/// Every accepted command has its effect, exactly once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LedgerSpec {
    /// The load whose accepted commands are looked for. It needs a `key`.
    pub of: Located<String>,
    /// Where the effects are.
    pub effects: EffectsSpec,
    /// How many accepted commands may be without effect: 0 unless given.
    pub lost: Option<Located<u64>>,
    /// How many effects may be there more than once, or without any command: 0 unless given.
    #[serde(default)]
    pub duplicated: u64,
    /// How long after the load's end (or the last fault's, if later) the effects may take.
    pub within: Positive<Period>,
}

/// Where effects are read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EffectsSpec {
    /// The collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of its items.
    pub items: Option<Located<String>>,
    /// Or the JSON path of a map: each of its entries is an item `{key, value}`.
    pub entries: Option<Located<String>>,
    /// JSON path, in an item, of the key of the command that it is the effect of; `$.key` of
    /// `entries` unless given.
    pub key: Option<Located<String>>,
    /// JSON path → value: what must be true of an item for it to count as the effect.
    #[serde(default)]
    pub json: BTreeMap<Located<String>, serde_json::Value>,
}
