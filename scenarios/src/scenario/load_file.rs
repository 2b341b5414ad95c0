//! A load without a system, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AbortWhen, Load};
use crate::source::{Diagnostic, Located, Source};

/// A load file: load on URLs, and what its figures must be. `brunt load FILE` puts it on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LoadFile {
    /// The version of this format: 1.
    pub version: Located<u32>,
    /// What the load is for, as a sentence.
    pub name: Option<String>,
    /// What stands behind it, for the reader.
    pub about: Option<String>,
    /// Where targets that start with a slash are, such as `http://localhost:8080`.
    pub base: Option<Located<String>>,
    /// The load, all started at the same time.
    pub load: Vec<Load>,
    /// Stop early when it goes wrong beyond what anybody wants to see.
    pub abort_when: Option<AbortWhen>,
}

/// Puts the text of each CSV file beside its name, as `read` gives it.
///
/// # Errors
/// A [`Diagnostic`] for each file that cannot be read.
pub fn read_feeds(
    loads: &mut [Load],
    source: &Source,
    read: impl Fn(&str) -> std::io::Result<String>,
) -> Result<(), Vec<Diagnostic>> {
    let mut problems = Vec::new();
    for feed in loads.iter_mut().flat_map(|load| &mut load.feeds) {
        let Some(csv) = &feed.value.csv else { continue };
        match read(csv) {
            Ok(text) => feed.value.text = Some(text),
            Err(error) => {
                problems.push(source.wrong(Some(csv.place), format!("`{csv}` cannot be read: {error}")));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
