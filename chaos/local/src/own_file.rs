//! Files that brunt writes where others may have prepared something.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a file for appending, made unless it exists, which only the user can read: what programs
/// write may hold secrets.
///
/// # Errors
/// When it cannot be made or written, or is a symbolic link: what it leads to is not brunt's.
pub(crate) fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    open(&mut options, path)
}

/// Opens a file that brunt or its programs have written.
///
/// # Errors
/// When it cannot be read, or is a symbolic link: what it leads to is nobody's business.
pub(crate) fn read(path: &Path) -> io::Result<File> {
    open(OpenOptions::new().read(true), path)
}

/// Opens a file as these options say, but no symbolic link.
pub(crate) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
    options.custom_flags(nofollow).open(path)
}

/// Opens a file for appending, without what was in it before, which only the user can read.
///
/// # Errors
/// When it cannot be made or written, or is a symbolic link.
pub fn replace(path: &Path) -> io::Result<File> {
    let file = append(path)?;
    file.set_len(0)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_for_the_user_alone_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let [log, link, precious] =
            ["a.log", "b.log", "precious"].map(|name| folder.path().join(name));
        append(&log).unwrap().write_all(b"one").unwrap();
        append(&log).unwrap().write_all(b"two").unwrap();
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "onetwo");
        assert_eq!(std::fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
        replace(&log).unwrap().write_all(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&log).unwrap(), "new");

        std::fs::write(&precious, "precious").unwrap();
        symlink(&precious, &link).unwrap();
        assert!(append(&link).is_err() && replace(&link).is_err() && read(&link).is_err());
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious");
    }
}
