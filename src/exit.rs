//! What is printed when a command cannot be carried out at all.

use std::process::ExitCode;

use brunt_faults::with_causes;
use brunt_scenarios::Diagnostic;
use tracing::Level;

pub use brunt_reports::Exit;

use crate::console::write_message;

/// Everything that is wrong with a file, so that one attempt shows all of it.
#[derive(Debug)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|diagnostic| write!(out, "{diagnostic}"))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Box<Diagnostic>> for Diagnostics {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self(vec![*diagnostic])
    }
}

/// Prints an error with all its causes on standard error. An error outside of a verdict is one of
/// the command, its files or the place where it runs, so its code is that of invalid input.
pub fn report_error(error: &anyhow::Error) -> ExitCode {
    let text = match error.downcast_ref::<Diagnostics>() {
        // Diagnostics have their own line ends, with the place in the file before each.
        Some(diagnostics) => diagnostics.to_string(),
        None => format!("brunt: {}", with_causes(error.as_ref())),
    };
    write_message(Level::ERROR, &text);
    Exit::Invalid.into()
}
