//! Wakes every process that waits for the log, without polling.
//!
//! Appending writes one byte to a small file beside the log, which the others watch. Only this
//! file: watching the directory would wake all for each page that any store in it writes.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

pub(super) struct Bell {
    file: File,
    rings: watch::Receiver<u64>,
    // Without a watcher (the limit on inotify instances may be used up) the log still works, only
    // later: readers look every 250 ms.
    _watcher: Option<RecommendedWatcher>,
}

impl Bell {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        let (sender, rings) = watch::channel(0);
        let watcher = watch_file(path, sender)
            .inspect_err(|error| {
                tracing::warn!(%error, "no file watching: events arrive up to 250 ms late");
            })
            .ok();
        Ok(Self { file, rings, _watcher: watcher })
    }

    /// A failure does not fail an append that is durable already: the waiting processes also look
    /// now and then.
    pub(super) fn ring(&self) {
        // Always the same byte at the same place: the content means nothing, the modification is
        // the signal, and the file does not grow.
        if let Err(error) = self.file.write_at(&[1], 0) {
            tracing::warn!(%error, "cannot wake the other services");
        }
    }

    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.rings.clone()
    }
}

fn watch_file(path: &Path, rings: watch::Sender<u64>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Opening and closing the file are events as well; reacting to them would wake every
        // process whenever one starts.
        if event.is_ok_and(|event| matches!(event.kind, EventKind::Modify(_))) {
            rings.send_modify(|count| *count += 1);
        }
    })?;
    watcher.watch(path, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}
