//! The files that a path on the command line means.

use std::path::Path;

use anyhow::{Context, Result, bail};
use brunt_scenarios::Source;
use brunt_scenarios::source::{FileKind, nearest};
use tracing::Level;

use super::access::{FileAccess, FileError};
use crate::builtin;
use crate::console::write_message;

/// A file that was found.
pub struct FoundFile {
    /// Its text, with its name for messages.
    pub source: Source,
    /// What it is.
    pub kind: FileKind,
    /// Whether it is one of a folder, and was not named itself.
    pub in_folder: bool,
}

impl FoundFile {
    fn new(source: Source, in_folder: bool) -> Self {
        Self { kind: source.kind(), source, in_folder }
    }
}

/// The files that a path means: a file, all YAML files of a folder, or built-in scenarios.
pub fn find(path: &str) -> Result<Vec<FoundFile>> {
    let on_disk = Path::new(path);
    if on_disk.is_dir() {
        return in_folder(on_disk);
    }
    let missing = match FileAccess::named(on_disk) {
        Ok(source) => return Ok(vec![FoundFile::new(source, false)]),
        Err(missing @ FileError::Missing { .. }) => missing,
        Err(error) => return Err(error.into()),
    };
    let built_in = builtin::scenarios(path);
    if built_in.is_empty() {
        return Err(unknown(path, missing));
    }
    let found = |(name, text)| FoundFile::new(Source::new(format!("{name}.yaml"), text), false);
    Ok(built_in.into_iter().map(found).collect())
}

fn in_folder(folder: &Path) -> Result<Vec<FoundFile>> {
    let shown = folder.display();
    let mut files = Vec::new();
    for entry in folder.read_dir().with_context(|| format!("cannot read the folder {shown}"))? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml"));
    // The order of a folder's entries differs from machine to machine.
    files.sort();
    if files.is_empty() {
        bail!("there is no .yaml file in {shown}");
    }
    files.iter().map(|file| Ok(in_company(FileAccess::named(file)?))).collect()
}

/// One of a folder's files. What cannot be told to be brunt's is passed over, but not without a
/// word: it may be a scenario in which everything is misspelt.
fn in_company(source: Source) -> FoundFile {
    let mut file = FoundFile::new(source, true);
    if file.kind == FileKind::Scenario && !file.source.may_be_quoted() {
        file.kind = FileKind::Foreign;
        let name = &file.source.name;
        let warning = format!("warning: {name} is not a file of brunt, and is passed over");
        write_message(Level::WARN, &warning);
    }
    file
}

/// Why nothing was found. What looks like a file is said to be missing as a file.
fn unknown(path: &str, missing: FileError) -> anyhow::Error {
    let names: Vec<&str> = builtin::all().map(|(name, _)| name).collect();
    let near = nearest(path, &names);
    let is_file = path.ends_with(".yaml") || path.ends_with(".yml");
    match (is_file, near) {
        (true, None) => missing.into(),
        (true, Some(name)) => {
            anyhow::anyhow!("there is no file {path}: did you mean the built-in `{name}`?")
        }
        (false, Some(name)) => {
            anyhow::anyhow!("there is no scenario {path}: did you mean the built-in `{name}`?")
        }
        (false, None) => anyhow::anyhow!(
            "there is no scenario {path}, neither a file nor a folder nor built in: `brunt list` \
             shows what is built in"
        ),
    }
}
