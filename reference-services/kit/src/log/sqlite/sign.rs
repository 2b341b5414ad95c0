//! A member's sign of life that ends with its process: a locked file.
//!
//! A missing heartbeat shows a hanging process after a while; a released lock shows a dead one at
//! once, so that its partitions continue as soon as it is restarted.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Locked as long as its member lives.
pub(super) struct Sign {
    path: PathBuf,
    _locked: File,
}

impl Sign {
    pub(super) fn give(directory: &Path, member: &str) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join(member);
        let file = File::create(&path)?;
        // The kernel releases the lock when the process ends, however it ends; nothing has to be
        // cleaned up for that.
        file.try_lock()?;
        Ok(Self { path, _locked: file })
    }

    /// Removes the file of a member that leaves. A killed one leaves its file behind, unlocked,
    /// which shows that it is dead.
    pub(super) fn take_back(self) {
        drop(std::fs::remove_file(&self.path));
    }
}

/// Whether a member with a sign-of-life file is dead. Without a file only its heartbeat tells.
pub(super) fn is_dead(directory: &Path, member: &str) -> bool {
    let path = directory.join(member);
    let dead = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
    if dead {
        // Removed by the first process that notices; a second removal fails harmlessly.
        drop(std::fs::remove_file(&path));
    }
    dead
}
