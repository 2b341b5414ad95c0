//! Which folders brunt has made itself, so that it never removes anything else.
//!
//! A file beside them names them. It is not in them, because some programs insist on an empty
//! folder for their data.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::own_file;
use crate::own_folder::refuse_links;

const FILE: &str = ".made-by-brunt";
const HEAD: &str = "# brunt made the folders that are named here, one a line, and may remove \
                    them.\n# A dot is the folder that this file is in.\n";

/// The line that stands for the folder of the file itself.
const ITSELF: &str = ".";

/// The file in `home` that names folders there; created unless it exists.
///
/// # Errors
/// When it cannot be opened for writing, or is a symbolic link: what it leads to is not brunt's.
pub(crate) fn open(home: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    let mut file = own_file::open(&mut options, &home.join(FILE))?;
    if file.metadata()?.len() == 0 {
        file.write_all(HEAD.as_bytes())?;
    }
    Ok(file)
}

/// Names a folder beside the file as made by brunt.
pub(crate) fn note(mut file: &File, folder: &str) -> io::Result<()> {
    file.write_all(format!("{folder}\n").as_bytes())
}

/// Notes that brunt has just made this folder.
///
/// # Errors
/// When the note cannot be written.
pub fn note_folder(folder: &Path) -> io::Result<()> {
    note(&open(folder)?, ITSELF)
}

/// Whether a folder in `home` is noted as made by brunt.
pub(crate) fn is_noted(home: &Path, folder: &str) -> bool {
    let mut text = String::new();
    let file = own_file::read(&home.join(FILE));
    let read = file.and_then(|mut file| file.read_to_string(&mut text));
    read.is_ok() && text.lines().any(|line| line == folder)
}

/// Removes a folder that [`note_folder`] was called for, with all that is in it. Symbolic links in
/// it are removed and not followed.
///
/// # Errors
/// When brunt has not made it, or something in it cannot be removed.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    refuse_links(folder)?;
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || !is_noted(folder, ITSELF) {
        let why = format!("{} was not made by brunt", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    fs::remove_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_that_is_noted_is_removed_and_no_link_to_one() {
        let home = tempfile::tempdir().unwrap();
        let [ours, theirs, link] = ["ours", "theirs", "link"].map(|name| home.path().join(name));
        for folder in [&ours, &theirs] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "precious").unwrap();
        }
        note_folder(&ours).unwrap();
        std::os::unix::fs::symlink(&ours, &link).unwrap();
        assert!(remove_folder(&theirs).is_err() && remove_folder(&link).is_err());
        assert!(theirs.join("file").exists() && ours.join("file").exists());
        remove_folder(&ours).unwrap();
        assert!(!ours.exists());
    }

    #[test]
    fn a_note_is_never_written_through_a_symbolic_link() {
        let home = tempfile::tempdir().unwrap();
        let precious = home.path().join("precious");
        fs::write(&precious, "").unwrap();
        std::os::unix::fs::symlink(&precious, home.path().join(FILE)).unwrap();
        note_folder(home.path()).unwrap_err();
        assert_eq!(fs::read_to_string(&precious).unwrap(), "");
    }
}
