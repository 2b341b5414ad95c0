//! Whose turn it is to relay: one replica of a service at a time, so that order is kept.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::store::{Lease, Store, StoreError};

/// How replicas agree on whose turn it is.
#[derive(Clone, Debug)]
pub enum Turn {
    /// By a lock beside the store's file; it ends with its process, however that ends.
    Lock(PathBuf),
    /// By a lease in the store, for replicas that share no file system. One that dies is
    /// followed within seconds.
    Lease,
}

/// A replica's claim.
pub(super) enum Claim {
    Lock { path: PathBuf, held: Option<File> },
    Lease(Lease),
}

impl Turn {
    pub(super) fn claim(&self) -> Claim {
        match self {
            // A file of its own: a lock on the store's own file would interfere
            // with SQLite's locks.
            Self::Lock(path) => Claim::Lock { path: path.with_extension("relay"), held: None },
            Self::Lease => Claim::Lease(Lease::new("relay")),
        }
    }
}

impl Claim {
    /// Takes or keeps the turn; false while another replica has it. Must be called
    /// before each batch.
    pub(super) async fn hold(&mut self, store: &Store) -> Result<bool, StoreError> {
        match self {
            // The kernel releases a lock only with its process, so that what was locked once
            // needs no check.
            Self::Lock { held: Some(_), .. } => Ok(true),
            Self::Lock { path, held } => {
                *held = try_lock(path).unwrap_or_else(|error| {
                    let path = path.display();
                    tracing::warn!(%path, %error, "the relay's lock cannot be had");
                    None
                });
                Ok(held.is_some())
            }
            Self::Lease(lease) => lease.hold(store).await,
        }
    }

    /// Gives the turn up, so that another replica relays at once.
    pub(super) async fn release(self, store: &Store) {
        if let Self::Lease(lease) = self
            && let Err(error) = lease.release(store).await
        {
            tracing::debug!(%error, "the relay's lease was not given up; it ends by itself");
        }
    }
}

fn try_lock(path: &Path) -> std::io::Result<Option<File>> {
    let file = File::create(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
