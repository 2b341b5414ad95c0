//! Folders that brunt makes where others may have prepared something.

use std::io;
use std::path::{Component, Path, PathBuf};

/// The folder that brunt makes wherever it is called.
const HOME: &str = ".brunt";

/// Makes sure that no `.brunt` on this path, and nothing below it, is a symbolic link: brunt writes
/// and removes there without being told to. Where else a path leads is the choice of who names it.
///
/// # Errors
/// When one is.
pub fn refuse_links(path: &Path) -> io::Result<()> {
    let mut parts = path.components();
    let mut above = PathBuf::new();
    for part in parts.by_ref() {
        if part == Component::Normal(HOME.as_ref()) {
            return refuse_links_below(&above, &Path::new(HOME).join(parts.as_path()));
        }
        above.push(part);
    }
    Ok(())
}

/// Makes sure that no part of a path in this folder is a symbolic link.
///
/// # Errors
/// When one is.
pub(crate) fn refuse_links_below(folder: &Path, path: &Path) -> io::Result<()> {
    let mut here = folder.to_owned();
    for part in path.components() {
        here.push(part);
        match here.symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    format!("{} is a symbolic link, which brunt does not follow", here.display()),
                ));
            }
            // What is not there leads nowhere.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_refused_from_brunt_s_folder_on_and_nowhere_else() {
        let home = tempfile::tempdir().unwrap();
        let [real, link] = ["real", "link"].map(|name| home.path().join(name));
        std::fs::create_dir_all(real.join(".brunt/up")).unwrap();
        symlink(&real, &link).unwrap();
        refuse_links(&link).unwrap();
        refuse_links(&link.join(".brunt/up/shop/data")).unwrap();
        symlink("/nowhere", real.join(".brunt/up/shop")).unwrap();
        for path in [".brunt/up/shop", ".brunt/up/shop/data"] {
            let error = refuse_links(&link.join(path)).unwrap_err();
            assert!(error.to_string().contains("up/shop is a symbolic link"), "{error}");
        }
        symlink(&real, link.join("x")).unwrap();
        symlink(&real, real.join("other")).unwrap();
        refuse_links(&real.join("other/.brunt")).unwrap();
        std::fs::create_dir(real.join("deep")).unwrap();
        symlink(real.join(".brunt"), real.join("deep/.brunt")).unwrap();
        refuse_links(&real.join("deep/.brunt/runs")).unwrap_err();
    }
}
