//! Reads files, and only those that are meant to be read.
//!
//! Scenarios come from others, for example with a change that continuous integration checks. What
//! one names must not make brunt print the secrets of the machine, read without an end, or wait for
//! somebody who writes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use brunt_scenarios::Source;
use brunt_scenarios::source::nearest;

/// The longest file that is read, in bytes: feeds are the largest, and are kept in memory.
const MOST_BYTES: u64 = 64 << 20;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("there is no file {}{hint}", path.display())]
    Missing { path: PathBuf, hint: String },
    #[error("{} is not a regular file", .0.display())]
    NotRegular(PathBuf),
    #[error("{} has more than {MOST_BYTES} bytes", .0.display())]
    TooLarge(PathBuf),
    #[error(
        "{} is outside of the scenario's folder: if it is meant, name it on the command line, too",
        .0.display()
    )]
    Outside(PathBuf),
    #[error("{} is not text in UTF-8", .0.display())]
    NotText(PathBuf),
    #[error("cannot read {}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// The files that may be read: those that the command line names, those in folders that it names,
/// and those in the folder of the file that refers to them.
pub struct FileAccess {
    named: Vec<PathBuf>,
}

impl FileAccess {
    /// For a command line that names these files and folders.
    pub fn for_named(paths: &[String]) -> Self {
        // What does not exist, such as the name of a built-in scenario, allows nothing.
        Self {
            named: paths.iter().filter_map(|path| Path::new(path).canonicalize().ok()).collect(),
        }
    }

    /// A file that the command line names, or one of a folder that it names.
    pub fn named(path: &Path) -> Result<Source, FileError> {
        Ok(Source::new(path.display().to_string(), text(path)?))
    }

    /// A file that is named by one in this folder.
    pub fn beside(&self, folder: &Path, name: &str) -> Result<String, FileError> {
        let path = folder.join(name);
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let real = |path: &Path| path.canonicalize().map_err(|source| FileError::of(path, source));
        // Links are followed first: one may lead out of the folder.
        let (file, folder) = (real(&path)?, real(folder)?);
        let is_named = self.named.iter().any(|named| file.starts_with(named));
        if !is_named && !file.starts_with(folder) {
            return Err(FileError::Outside(path));
        }
        text(&path)
    }
}

fn text(path: &Path) -> Result<String, FileError> {
    let of = |source| FileError::of(path, source);
    // Before it is opened: a pipe would be waited for.
    if !path.metadata().map_err(of)?.is_file() {
        return Err(FileError::NotRegular(path.to_owned()));
    }
    let file = std::fs::File::open(path).map_err(of)?;
    let mut bytes = Vec::new();
    // By what comes, as files of the kernel have no size.
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(of)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(FileError::TooLarge(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| FileError::NotText(path.to_owned()))
}

impl FileError {
    fn of(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { hint: hint(&path), path },
            _ => Self::Io { path, source },
        }
    }
}

/// The file of the same folder that was probably meant.
fn hint(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = folder.unwrap_or(Path::new(".")).read_dir().into_iter().flatten();
    let names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let near = name.and_then(|name| nearest(&name, &names).map(str::to_owned));
    near.map_or_else(String::new, |near| format!(", did you mean {near}?"))
}
