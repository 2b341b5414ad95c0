//! Reads and checks one file, with all that it names.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use brunt_scenarios::plan::LoadPlan;
use brunt_scenarios::scenario::{LoadFile, LoadSpec, read_beside, read_slos};
use brunt_scenarios::source::{FileKind, Located, SourceReading, nearest};
use brunt_scenarios::{Diagnostic, Plan, Scenario, Source, plan};

use super::access::FileAccess;
use super::planned::{LoadLiveSpec, Planned};
use crate::builtin;
use tracing::Level;

use crate::console::write_message;
use crate::exit::Diagnostics;

/// The plan of a scenario.
pub fn scenario(
    source: Source,
    access: &FileAccess,
    load_live_spec: &LoadLiveSpec<'_>,
) -> Result<Planned> {
    let mut reading = source.read::<Scenario>();
    let folder = folder_of(&source);
    let is_complete = reading.value.as_mut().is_some_and(|written| {
        for renamed in written.renamed_keys(&source) {
            write_message(Level::WARN, &format!("warning: {renamed}"));
        }
        let problems = files_beside(written, &source, &folder, access);
        reading.problems.extend(problems.iter().cloned());
        problems.is_empty()
    });
    let name = reading.value.as_ref().map(|written| written.system.clone());
    let name = name.filter(|name| !reading.is_left_out(name));
    let system = name.and_then(|name| {
        let found = system_source(&name, &folder, access);
        system_of(found, &name, &source, &mut reading)
    });
    let Some((mut system, system_source, base)) = system.filter(|_| is_complete) else {
        return Err(Diagnostics(reading.into_problems()).into());
    };
    if reading.problems.is_empty() {
        load_live_spec(&mut system)?;
    }
    let checked = reading.check(|written| {
        let plan = Plan::check(&written, &source, system)?;
        let files = written.load.iter().flat_map(LoadSpec::files);
        Ok((plan, files.map(|(name, text)| (name, text.to_owned())).collect()))
    });
    let (plan, files) = checked.map_err(Diagnostics)?;
    let slug = Path::new(&source.name).file_stem();
    let slug = slug.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(Planned { slug, source, system: system_source, files, plan, base })
}

/// The plan of a load file.
pub fn load_file(source: &Source, access: &FileAccess) -> Result<LoadPlan> {
    let mut reading = source.read::<LoadFile>();
    let folder = folder_of(source);
    let read = |name: &str| access.beside(&folder, name).map_err(std::io::Error::other);
    let beside = reading.value.as_mut().map(|written| read_beside(&mut written.load, source, read));
    if let Some(Err(problems)) = beside {
        reading.problems.extend(problems);
        return Err(Diagnostics(reading.into_problems()).into());
    }
    Ok(reading.check(|written| LoadPlan::check(&written, source)).map_err(Diagnostics)?)
}

/// The built-in system of this name, or the one in this file, which is looked for in this folder.
pub fn system_source(name: &str, folder: &Path, access: &FileAccess) -> Result<(Source, PathBuf)> {
    // Before the files, so that a built-in scenario runs on its own system in every folder.
    if let Some(system) = builtin::SYSTEMS.iter().find(|system| system.name == name) {
        return Ok((Source::new(format!("{name}/system.yaml"), system.file), PathBuf::from(".")));
    }
    let path = folder.join(name);
    if path.exists() {
        let base = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
        let source = Source::new(path.display().to_string(), access.beside(folder, name)?);
        if let Some(kind) = source.is_instead(FileKind::System) {
            bail!("{} is {kind}, and not a system file", source.name);
        }
        return Ok((source, base));
    }
    let names: Vec<&str> = builtin::SYSTEMS.iter().map(|system| system.name).collect();
    match nearest(name, &names) {
        Some(near) => bail!("there is no system `{name}`, did you mean `{near}`?"),
        None => bail!(
            "there is no built-in system and no file `{}` (built in: {})",
            path.display(),
            names.join(", ")
        ),
    }
}

/// Reads what the scenario's loads and expectations name; returns what cannot be read.
fn files_beside(
    written: &mut Scenario,
    source: &Source,
    folder: &Path,
    access: &FileAccess,
) -> Vec<Diagnostic> {
    let read = |name: &str| access.beside(folder, name).map_err(std::io::Error::other);
    let loads = read_beside(&mut written.load, source, read);
    let slos = read_slos(&mut written.expect, source, read);
    [loads, slos].into_iter().filter_map(Result::err).flatten().collect()
}

/// The system, as far as it can be understood; what is wrong is added to the scenario's problems.
fn system_of(
    found: Result<(Source, PathBuf)>,
    name: &Located<String>,
    scenario: &Source,
    reading: &mut SourceReading<Scenario>,
) -> Option<(plan::System, Source, PathBuf)> {
    match found {
        Ok((source, base)) => {
            let system = reading.refers_to(plan::System::read(&source));
            system.map(|system| (system, source, base))
        }
        Err(error) => {
            reading.add(vec![scenario.wrong(Some(name.span), format!("{error:#}"))]);
            None
        }
    }
}

fn folder_of(source: &Source) -> PathBuf {
    Path::new(&source.name).parent().unwrap_or(Path::new("")).to_owned()
}
