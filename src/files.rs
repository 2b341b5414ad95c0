//! Scenario, system and load files, on disk or built in, and their plans.

mod access;
mod find;
mod plan_of;
mod planned;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use brunt_scenarios::plan::LoadPlan;
use brunt_scenarios::source::FileKind;
use brunt_scenarios::{Source, SystemSpec, plan};

use crate::exit::Diagnostics;
use access::FileAccess;
use find::FoundFile;
pub use planned::{LoadLiveSpec, Planned};

/// A file in which nothing is wrong.
pub enum CheckedFile {
    /// A scenario, with its plan.
    Scenario(Box<Planned>),
    /// A system file, with its name.
    System(String, Box<plan::System>),
    /// A load file, with its name.
    Load(String, LoadPlan),
}

/// The plans of these scenarios, in order.
pub fn plans(paths: &[String]) -> Result<Vec<Planned>> {
    plans_for(paths, &|_| Ok(()))
}

/// The same, with the live spec of each system. Other files of a folder are passed over; a system
/// file may be named beside its scenarios, so that they may refer to it.
pub fn plans_for(paths: &[String], load_live_spec: &LoadLiveSpec<'_>) -> Result<Vec<Planned>> {
    let access = FileAccess::for_named(paths);
    let mut scenarios = Vec::new();
    let mut system = None;
    for FoundFile { source, kind, in_folder } in found(paths)? {
        let name = &source.name;
        match kind {
            FileKind::Scenario => scenarios.push(source),
            FileKind::Foreign if !in_folder => scenarios.push(source),
            FileKind::Load if !in_folder => {
                bail!("{name} is a load file, not a scenario: `brunt load {name}` puts it on");
            }
            FileKind::System if !in_folder => system = Some(source.name),
            _ => {}
        }
    }
    match (scenarios.is_empty(), system) {
        (true, Some(name)) => bail!(
            "{name} is a system file, not a scenario: `brunt up {name}` starts the system, and a \
             scenario refers to it with `system: {name}`"
        ),
        (true, None) => bail!("there is no scenario in {}", paths.join(", ")),
        _ => {}
    }
    collect(scenarios.into_iter().map(|source| plan_of::scenario(source, &access, load_live_spec)))
}

/// All of these files, checked, with the live spec of each scenario's system. What a folder holds
/// beside brunt's own files is passed over.
pub fn checked(paths: &[String], load_live_spec: &LoadLiveSpec<'_>) -> Result<Vec<CheckedFile>> {
    let access = FileAccess::for_named(paths);
    let files = found(paths)?.into_iter();
    let files = files.filter(|file| file.kind != FileKind::Foreign || !file.in_folder);
    let check = |FoundFile { source, kind, .. }: FoundFile| {
        Ok(match kind {
            FileKind::System => {
                CheckedFile::System(source.name.clone(), checked_system(&source)?.into())
            }
            FileKind::Load => {
                let plan = plan_of::load_file(&source, &access)?;
                CheckedFile::Load(source.name, plan)
            }
            FileKind::Scenario | FileKind::Foreign => {
                let planned = plan_of::scenario(source, &access, load_live_spec)?;
                CheckedFile::Scenario(Box::new(planned))
            }
        })
    };
    collect(files.map(check))
}

/// The built-in system of this name, or the one in this file.
pub fn system(name: &str) -> Result<(plan::System, PathBuf)> {
    let access = FileAccess::for_named(&[name.to_owned()]);
    let (source, base) = plan_of::system_source(name, Path::new("."), &access)?;
    Ok((checked_system(&source)?, base))
}

fn checked_system(source: &Source) -> Result<plan::System> {
    let reading = source.read::<SystemSpec>();
    Ok(reading.check(|written| plan::System::check(&written, source)).map_err(Diagnostics)?)
}

fn found(paths: &[String]) -> Result<Vec<FoundFile>> {
    let found: Result<Vec<_>> = paths.iter().map(|path| find::find(path)).collect();
    Ok(found?.into_iter().flatten().collect())
}

/// All results, or the problems of all files, so that one attempt shows all of them.
fn collect<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(one) => good.push(one),
            Err(error) => problems.extend(error.downcast::<Diagnostics>()?.0),
        }
    }
    // Scenarios that share a system file share its problems.
    let mut seen = Vec::new();
    problems.retain(|problem| {
        let is_new = !seen.contains(problem);
        seen.extend(is_new.then(|| problem.clone()));
        is_new
    });
    if problems.is_empty() { Ok(good) } else { Err(Diagnostics(problems).into()) }
}
