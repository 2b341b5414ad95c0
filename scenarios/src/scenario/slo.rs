//! Service level objectives as they are written, here or in an OpenSLO document.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ExpectationSpec;
use crate::source::{Diagnostic, Located, Source};
use crate::units::{Percent, Period};

/// What a run spends of the error budget of a service level objective.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SloSpec {
    /// Of which load.
    pub of: Located<String>,
    /// The objective: the share of good replies over the window.
    pub target: Option<Located<Percent>>,
    /// Or an OpenSLO document (v1, kind SLO) with objective and window, relative to this file.
    pub file: Option<Located<String>>,
    /// A reply that comes later than this is not a good one.
    pub within: Option<Period>,
    /// The window of the objective: 30d unless given.
    pub window: Option<Located<Period>>,
    /// How much of the window's error budget the run may spend.
    pub spends: Percent,
    /// What the file holds, once it has been read.
    #[serde(skip)]
    pub text: Option<String>,
}

/// Puts the text of each OpenSLO document beside its name, as `read` gives it.
///
/// # Errors
/// A [`Diagnostic`] for each file that cannot be read.
pub fn read_slos(
    expectations: &mut [ExpectationSpec],
    source: &Source,
    read: impl Fn(&str) -> std::io::Result<String>,
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for expectation in expectations {
        let ExpectationSpec::Slo(slo) = expectation else { continue };
        let Some(file) = &slo.file else { continue };
        match read(file) {
            Ok(text) => slo.text = Some(text),
            Err(error) => {
                problems.push(
                    source.wrong(Some(file.span), format!("`{file}` cannot be read: {error}")),
                );
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
