//! Service level objectives as they are written, here or in an OpenSLO document.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;
use crate::units::{Percent, Period, Positive};

/// What a run spends of the error budget of a service level objective.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SloSpec {
    /// Of which load.
    pub of: Located<String>,
    /// The objective: the share of good replies over the window.
    pub target: Option<Located<Positive<Percent>>>,
    /// Or an OpenSLO document (v1, kind SLO) with objective and window, relative to this file.
    pub file: Option<Located<String>>,
    /// A reply that comes later than this is not a good one.
    pub within: Option<Positive<Period>>,
    /// The window of the objective: 30d unless given.
    pub window: Option<Located<Positive<Period>>>,
    /// How much of the window's error budget the run may spend.
    pub spends: Percent,
    /// What the file holds, once it has been read.
    #[serde(skip)]
    pub text: Option<String>,
}
