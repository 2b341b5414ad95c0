//! Scenario and system files, on disk or built in, and their plans.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use brunt_scenarios::scenario::{LoadSpec, read_beside, read_slos};
use brunt_scenarios::source::nearest;
use brunt_scenarios::{Plan, Scenario, Source, SystemSpec, plan};

use crate::builtin;
use crate::console::write_error;
use crate::exit::Diagnostics;

/// A scenario that can run, with the files that it was read from.
pub struct Planned {
    /// A short name: the file's name without its ending.
    pub slug: String,
    /// The scenario file.
    pub source: Source,
    /// The system file.
    pub system: Source,
    /// Feeds and .proto files, by the names that the loads have for them.
    pub files: BTreeMap<String, String>,
    pub plan: Plan,
    /// The folder that relative paths of the system file start from.
    pub base: PathBuf,
}

/// Puts what is deployed on a cluster in place of what the system file says, such as probes.
pub type LoadLiveSpec<'a> = dyn Fn(&mut plan::System) -> Result<()> + 'a;

/// The plans of these scenarios, in order.
pub fn plans(paths: &[String]) -> Result<Vec<Planned>> {
    plans_for(paths, &|_| Ok(()))
}

/// The same, with the live spec of each system.
pub fn plans_for(paths: &[String], load_live_spec: &LoadLiveSpec<'_>) -> Result<Vec<Planned>> {
    let mut sources = Vec::new();
    for path in paths {
        sources.extend(find(path)?);
    }
    // The problems of all files are collected, so that one attempt shows all of them.
    let mut planned = Vec::new();
    let mut problems = Vec::new();
    for source in sources {
        match plan_of(source, load_live_spec) {
            Ok(one) => planned.push(one),
            Err(error) => problems.extend(error.downcast::<Diagnostics>()?.0),
        }
    }
    if problems.is_empty() { Ok(planned) } else { Err(Diagnostics(problems).into()) }
}

/// The built-in system of this name, or the one in this file.
pub fn system(name: &str) -> Result<(plan::System, PathBuf)> {
    let (source, base) = system_source(name, Path::new("."))?;
    let written: SystemSpec = source.parse().map_err(Diagnostics::from)?;
    let system = plan::System::check(&written, &source).map_err(Diagnostics)?;
    Ok((system, base))
}

fn find(path: &str) -> Result<Vec<Source>> {
    let on_disk = Path::new(path);
    if on_disk.is_dir() {
        let mut files = Vec::new();
        for entry in on_disk.read_dir().with_context(|| format!("cannot read the folder {path}"))? {
            files.push(entry?.path());
        }
        files.retain(|file| {
            file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
        });
        // The order of a folder's entries differs from machine to machine.
        files.sort();
        if files.is_empty() {
            bail!("there is no .yaml file in {path}");
        }
        return files.iter().map(|file| read(file)).collect();
    }
    if on_disk.exists() {
        return Ok(vec![read(on_disk)?]);
    }
    let built_in = builtin::scenarios(path);
    if built_in.is_empty() {
        let names: Vec<&str> = builtin::all().map(|(name, _)| name).collect();
        let hint = nearest(path, &names)
            .map_or("`brunt list` shows what is built in".to_owned(), |name| {
                format!("did you mean the built-in `{name}`?")
            });
        bail!("there is no scenario {path}: {hint}");
    }
    Ok(built_in.into_iter().map(|(name, text)| Source::new(format!("{name}.yaml"), text)).collect())
}

fn read(path: &Path) -> Result<Source> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Source::new(path.display().to_string(), text))
}

fn plan_of(source: Source, load_live_spec: &LoadLiveSpec<'_>) -> Result<Planned> {
    let mut written: Scenario = source.parse().map_err(Diagnostics::from)?;
    for renamed in written.renamed_keys(&source) {
        write_error(format!("warning: {renamed}").as_bytes());
    }
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new("")).to_owned();
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    read_beside(&mut written.load, &source, read).map_err(Diagnostics)?;
    read_slos(&mut written.expect, &source, read).map_err(Diagnostics)?;
    let (system_source, base) = system_source(&written.system, &folder).map_err(|error| {
        Diagnostics(vec![source.wrong(Some(written.system.span), format!("{error:#}"))])
    })?;
    let system: SystemSpec = system_source.parse().map_err(Diagnostics::from)?;
    let mut system = plan::System::check(&system, &system_source).map_err(Diagnostics)?;
    load_live_spec(&mut system)?;
    let plan = Plan::check(&written, &source, system).map_err(Diagnostics)?;
    let files = written.load.iter().flat_map(LoadSpec::files);
    let files = files.map(|(name, text)| (name, text.to_owned())).collect();
    let slug = Path::new(&source.name)
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(Planned { slug, source, system: system_source, files, plan, base })
}

fn system_source(name: &str, folder: &Path) -> Result<(Source, PathBuf)> {
    // Before the files, so that a built-in scenario runs on its own system in every folder.
    if let Some(system) = builtin::SYSTEMS.iter().find(|system| system.name == name) {
        return Ok((Source::new(format!("{name}/system.yaml"), system.file), PathBuf::from(".")));
    }
    let path = folder.join(name);
    if path.is_file() {
        let base = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
        return Ok((read(&path)?, base));
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
