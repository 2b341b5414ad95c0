//! A member's sign of life that ends with its process: a locked file.
//!
//! Heartbeats find out who hangs, after a while; the lock tells at once who is dead, so that what a
//! killed process was reading goes on as soon as it is started again.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Lives as long as its member.
pub(super) struct Sign {
    path: PathBuf,
    _locked: File,
}

impl Sign {
    pub(super) fn give(directory: &Path, member: &str) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join(member);
        let file = File::create(&path)?;
        file.try_lock()?;
        Ok(Self { path, _locked: file })
    }

    /// For a member that leaves. One that just goes leaves its file behind, which is what shows
    /// that it is gone.
    pub(super) fn take_back(self) {
        drop(std::fs::remove_file(&self.path));
    }
}

/// Whether a member that has given a sign is dead. Where it could give none, only
/// its heartbeat tells.
pub(super) fn is_dead(directory: &Path, member: &str) -> bool {
    let path = directory.join(member);
    let dead = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
    if dead {
        drop(std::fs::remove_file(&path));
    }
    dead
}
