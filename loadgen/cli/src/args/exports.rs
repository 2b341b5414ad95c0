//! `--out`: which exports are wanted, each at a place of its own.

use super::action::Action;
use super::display::{SummaryFormat, Verbosity};
use super::export_target::{ExportDestination, ExportTarget};
use super::table::Flag;
use super::written::WrittenOptions;
use crate::error::LoadCliError;

impl WrittenOptions {
    /// All `--out` options. Each goes to a place of its own, which stdout is only once.
    pub fn outputs(&self, action: Action) -> Result<Vec<ExportTarget>, LoadCliError> {
        let outputs: Vec<_> =
            self.flags.values(Flag::Out).map(ExportTarget::parse).collect::<Result<_, _>>()?;
        if matches!(action, Action::Headers | Action::Page) && !outputs.is_empty() {
            return Err(LoadCliError::OutputsWithoutLoad);
        }
        // JSON and hits go to stdout.
        let stdout_is_taken =
            self.format() == SummaryFormat::Json || self.detail() == Verbosity::Hits;
        let mut taken: Vec<_> =
            stdout_is_taken.then_some(&ExportDestination::Stdout).into_iter().collect();
        for ExportTarget { destination, .. } in &outputs {
            if taken.contains(&destination) {
                return Err(LoadCliError::SharedOutput(destination.to_string()));
            }
            taken.push(destination);
        }
        Ok(outputs)
    }
}
