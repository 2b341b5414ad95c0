//! A disk for tests that is soon full: a file system of a few megabytes in memory.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test's own failure is a panic"
)]

use std::fs::{File, remove_file};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A mounted disk, which is gone when this is dropped.
#[derive(Debug)]
pub struct SmallDisk {
    directory: TempDir,
}

impl SmallDisk {
    /// Mounts a disk. For that the process must be root, or run within `unshare -rm`.
    #[must_use]
    pub fn mount(megabytes: u32) -> Self {
        let directory = TempDir::new().unwrap();
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(directory.path());
        let status = mount.status().expect("mount is there");
        assert!(status.success(), "be root, or run this within `unshare -rm`");
        Self { directory }
    }

    /// The folder at which the disk is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Leaves no room for a single page.
    pub fn fill(&self) {
        let mut filler = File::options().create(true).append(true).open(self.filler()).unwrap();
        let error = loop {
            if let Err(error) = filler.write(&[1; 4096]) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
    }

    /// Takes away what [`Self::fill`] has written.
    pub fn make_room(&self) {
        remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, as a service that ends with the test may have files open.
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        drop(unmounted);
    }
}
