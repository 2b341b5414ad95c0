//! A load file, read and checked with the files that it names.

use std::path::Path;

use brunt_scenarios::Source;
use brunt_scenarios::plan::{LoadPlan, SecretValues};
use brunt_scenarios::scenario::{LoadFile, read_beside};
use brunt_scenarios::source::FileKind;

use super::local_secrets::LocalSecrets;
use super::text::{read_bounded, read_text};
use crate::error::LoadCliError;

/// Reads and checks it, with its feeds.
pub(crate) fn load_plan(file: &str) -> Result<LoadPlan, LoadCliError> {
    let source = Source::new(file, read_text(file)?);
    if let Some(kind) = source.is_instead(FileKind::Load) {
        let what = format!("this is {kind}, and not a load file");
        return Err(LoadCliError::LoadFile(vec![source.wrong(None, what)]));
    }
    let mut reading = source.read::<LoadFile>();
    let folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    let read = |name: &str| read_bounded(&folder.join(name));
    let beside =
        reading.value.as_mut().map(|written| read_beside(&mut written.load, &source, read));
    if let Some(Err(problems)) = beside {
        reading.problems.extend(problems);
        return Err(LoadCliError::LoadFile(reading.into_problems()));
    }
    let plan = reading.check(|written| LoadPlan::check(&written, &source));
    let mut plan = plan.map_err(LoadCliError::LoadFile)?;
    plan.secrets = SecretValues::read(&plan.texts(), &LocalSecrets)?;
    Ok(plan)
}
