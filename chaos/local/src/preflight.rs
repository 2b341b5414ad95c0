//! Checks that are made before anything is started.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf, absolute};

use brunt_scenarios::plan::{Program, Service};

use crate::error::LocalError;
use crate::launch_spec::LaunchSpec;
use crate::options::Options;
use crate::own_folder::refuse_links;

/// Creates a folder unless it exists, and makes sure that it can be written to.
pub(crate) fn writable_folder(path: &Path) -> Result<PathBuf, LocalError> {
    let fail = |source| LocalError::NotWritable { folder: path.to_owned(), source };
    let path = absolute(path).map_err(fail)?;
    refuse_links(&path).map_err(fail)?;
    fs::create_dir_all(&path).map_err(fail)?;
    // Permissions do not tell: the file system may be read-only.
    // A new one: of a name that somebody knows beforehand, a link may lead elsewhere.
    let probe = path.join(format!(".brunt-can-write-{:08x}", fastrand::u32(..)));
    File::create_new(&probe).map_err(fail)?;
    fs::remove_file(&probe).map_err(fail)?;
    Ok(path)
}

/// How to start a service, with its folder and program found, and its callees not yet; `None` for
/// one that runs already.
pub(crate) fn launch(
    name: &str,
    service: &Service,
    options: &Options,
) -> Result<Option<LaunchSpec>, LocalError> {
    let (program, args, dir) = match &service.program {
        Program::Command { program, args, dir } => (program, args, dir),
        Program::Running { .. } => return Ok(None),
        Program::Deployed => return Err(LocalError::NoCommand { service: name.to_owned() }),
    };
    let base = absolute(&options.base).unwrap_or_else(|_| options.base.clone());
    let dir = dir.as_ref().map_or(base.clone(), |dir| base.join(dir));
    if !dir.is_dir() {
        return Err(LocalError::NoFolder { service: name.to_owned(), folder: dir });
    }
    let found = find(program, &dir, options).ok_or_else(|| LocalError::NoProgram {
        service: name.to_owned(),
        program: program.clone(),
    })?;
    Ok(Some(LaunchSpec {
        service: name.to_owned(),
        program: found,
        args: args.clone(),
        dir,
        env: service.env.clone(),
        files: service.files.clone(),
        calls: service.calls.clone(),
        callees: BTreeMap::new(),
        data: options.data.clone(),
        logs: options.logs.clone(),
    }))
}

/// Finds a program as a shell does: a name in PATH, anything with a slash as a path.
fn find(program: &str, dir: &Path, options: &Options) -> Option<PathBuf> {
    // This very binary, whether or not a brunt is in PATH, and whichever that is.
    if program == "brunt" {
        return Some(options.this_program.clone());
    }
    if program.contains('/') {
        return Some(dir.join(program)).filter(|path| is_program(path));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter_map(|folder| absolute(folder.join(program)).ok())
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
