//! Reads the OpenSLO documents that expectations name.

use super::ExpectationSpec;
use crate::source::{Diagnostic, Source};

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
