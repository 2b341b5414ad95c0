//! The part of a run that an expectation is about.

use schemars::JsonSchema;
use serde::Deserialize;

/// Which part of the run a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum During {
    /// All of it.
    #[default]
    Run,
    /// Before the first fault.
    Before,
    /// While any fault is in force.
    Faults,
    /// After the last fault has ended.
    After,
}

impl During {
    /// How a claim ends that is about this part, with a space before it; empty for all of the run.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Run => "",
            Self::Before => " before the faults",
            Self::Faults => " during the faults",
            Self::After => " after the faults",
        }
    }
}
