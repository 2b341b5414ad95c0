//! The folder of a system's data: held by one system at a time, and emptied only if brunt made it.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf, absolute};

use crate::error::LocalError;
use crate::listening_process::described;
use crate::made_by_brunt;
use crate::own_folder::refuse_links;
use crate::preflight::writable_folder;

/// The folder of a system's data. As long as this lives, no other system gets it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Locked. The kernel takes the lock back when this process ends, however it ends.
    _lock: File,
}

impl DataFolder {
    /// Takes the folder, and creates it unless it exists.
    ///
    /// # Errors
    /// When another system has it, or when it cannot be written to.
    pub(crate) fn claim(path: &Path) -> Result<Self, LocalError> {
        let fail = |source| LocalError::NotWritable { folder: path.to_owned(), source };
        let path = absolute(path).map_err(fail)?;
        let (home, name) = parts(&path).map_err(fail)?;
        refuse_links(&path).map_err(fail)?;
        fs::create_dir_all(home).map_err(fail)?;
        let lock = made_by_brunt::open(home).map_err(fail)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LocalError::DataInUse { process: holder(&lock), folder: path });
            }
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        // Not `create_dir_all`, which does not say whether the folder was there: only one that
        // brunt has made may be emptied.
        match fs::create_dir(&path) {
            Ok(()) => made_by_brunt::note(&lock, name).map_err(fail)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fail(error)),
        }
        let path = writable_folder(&path)?;
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes everything in it.
    ///
    /// # Errors
    /// When there is something in it although brunt did not make the folder, or when something
    /// cannot be removed.
    pub(crate) fn clear(&self) -> Result<(), LocalError> {
        let fail = |source| LocalError::NotWritable { folder: self.path.clone(), source };
        let entries: Vec<_> = fs::read_dir(&self.path).and_then(Iterator::collect).map_err(fail)?;
        let is_link = fs::symlink_metadata(&self.path).map_err(fail)?.is_symlink();
        let (home, name) = parts(&self.path).map_err(fail)?;
        if !entries.is_empty() && (is_link || !made_by_brunt::is_noted(home, name)) {
            return Err(LocalError::ForeignData { folder: self.path.clone() });
        }
        for entry in entries {
            let path = entry.path();
            // Of the entry itself: of a link, the link is removed and not what it leads to.
            let is_folder = entry.file_type().map_err(fail)?.is_dir();
            let removed =
                if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(fail)?;
        }
        Ok(())
    }
}

/// The folder that it is in, and its name.
fn parts(path: &Path) -> io::Result<(&Path, &str)> {
    let name = path.file_name().and_then(OsStr::to_str);
    let unusable = || io::Error::new(io::ErrorKind::InvalidInput, "it is no name for a folder");
    Ok((path.parent().ok_or_else(unusable)?, name.ok_or_else(unusable)?))
}

/// The process that has locked a file, by the kernel's table: kind,
/// mode, access, process, device:inode.
fn holder(file: &File) -> Option<String> {
    let inode = format!(":{}", file.metadata().ok()?.ino());
    let table = fs::read_to_string("/proc/locks").ok()?;
    let columns = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut ours = columns.filter(|one| one.len() > 5 && one[5].ends_with(&inode));
    let pid = ours.find(|one| one[1] == "FLOCK").map(|one| one[4].to_owned())?;
    Some(described(&Path::new("/proc").join(pid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_brunt_made_is_emptied_and_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data");
        let data = DataFolder::claim(&path).unwrap();
        fs::create_dir(path.join("store")).unwrap();
        fs::write(path.join("store/file"), "x").unwrap();
        drop(data);
        let data = DataFolder::claim(&path).unwrap();
        data.clear().unwrap();
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_was_there_before_is_used_and_never_emptied() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data");
        fs::create_dir(&path).unwrap();
        DataFolder::claim(&path).unwrap().clear().expect("there is nothing to remove");
        fs::write(path.join("thesis"), "precious").unwrap();
        let refused = DataFolder::claim(&path).unwrap().clear().unwrap_err();
        assert!(refused.to_string().contains("was not made by brunt"), "{refused}");
        assert!(path.join("thesis").exists());
    }

    #[test]
    fn a_link_to_a_folder_that_took_the_place_of_brunt_s_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let (path, precious) = (home.path().join("data"), home.path().join("precious"));
        drop(DataFolder::claim(&path).unwrap());
        fs::remove_dir(&path).unwrap();
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("thesis"), "precious").unwrap();
        std::os::unix::fs::symlink(&precious, &path).unwrap();
        DataFolder::claim(&path).unwrap().clear().unwrap_err();
        assert!(precious.join("thesis").exists());
    }

    #[test]
    fn a_folder_is_held_until_its_system_is_gone_and_the_holder_is_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data");
        let held = DataFolder::claim(&path).unwrap();
        let refused = DataFolder::claim(&path).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        DataFolder::claim(&path).unwrap();
    }
}
