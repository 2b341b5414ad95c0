//! A load file, read and checked with the files that it names.

use std::path::Path;

use brunt_scenarios::Source;
use brunt_scenarios::plan::LoadPlan;
use brunt_scenarios::scenario::{LoadFile, read_beside};

use super::text::read_text;
use crate::error::LoadCliError;

/// Reads and checks it, with its feeds.
pub(crate) fn load_plan(file: &str) -> Result<LoadPlan, LoadCliError> {
    let source = Source::new(file, read_text(file)?);
    let mut written: LoadFile =
        source.parse().map_err(|problem| LoadCliError::LoadFile(vec![*problem]))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    read_beside(&mut written.load, &source, |name| std::fs::read_to_string(folder.join(name)))
        .map_err(LoadCliError::LoadFile)?;
    LoadPlan::check(&written, &source).map_err(LoadCliError::LoadFile)
}
