//! .proto files, each looked at before it is compiled.

use std::cell::RefCell;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use brunt_scenarios::grpc::{ProtoBudget, parse};
use protox::Error;
use protox::file::{File, FileResolver, GoogleFileResolver, IncludeFileResolver};

/// The longest file that is read, in bytes; [`ProtoBudget`] takes less.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Finds files in folders, the first of which comes first, and those that come with protobuf.
pub(super) struct ProtoFiles {
    folders: Vec<PathBuf>,
    budget: RefCell<ProtoBudget>,
}

impl ProtoFiles {
    pub fn new<'a>(folders: impl Iterator<Item = &'a Path>) -> Self {
        Self { folders: folders.map(Path::to_owned).collect(), budget: RefCell::default() }
    }

    /// A file of one folder; `None` when it is not there.
    fn open(&self, folder: &Path, name: &str) -> Result<Option<File>, Error> {
        let path = folder.join(name);
        let read = fs::File::open(&path).and_then(text);
        let text = match read {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| Error::new(format!("{name}: {error}")))?,
        };
        self.budget.borrow_mut().take(name, &text).map_err(Error::new)?;
        if self.budget.borrow().is_large() {
            return parse(name, &text, &self.budget.borrow()).map(Some);
        }
        // With its path, by which the compiler notices a file that another one hides.
        File::open(name, &path).map(Some)
    }
}

impl FileResolver for ProtoFiles {
    fn resolve_path(&self, path: &Path) -> Option<String> {
        let name = |folder: &PathBuf| IncludeFileResolver::new(folder.clone()).resolve_path(path);
        self.folders.iter().find_map(name)
    }

    fn open_file(&self, name: &str) -> Result<File, Error> {
        for folder in &self.folders {
            if let Some(file) = self.open(folder, name)? {
                return Ok(file);
            }
        }
        GoogleFileResolver::new().open_file(name)
    }
}

fn text(file: fs::File) -> io::Result<String> {
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
