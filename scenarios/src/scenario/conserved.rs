//! Quantities that are neither made nor lost, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::units::{Period, Positive};

/// A quantity is neither made nor lost: the terms add up.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConservedSpec {
    /// What the quantity is, for the report.
    pub what: String,
    /// What is read and added up.
    pub sum: Vec<TermSpec>,
    /// What they must add up to: a number or `${saved}`.
    pub equals: Located<String>,
    /// How long after the load's end (or the last fault's, if later) it may take to become true.
    pub within: Positive<Period>,
}

/// One term of a sum.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TermSpec {
    /// The document or collection to read; `_links.next` is followed.
    pub get: Located<String>,
    /// JSON path of the numbers to add up.
    pub values: Located<String>,
}
