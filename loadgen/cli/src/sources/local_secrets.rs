//! The secrets of this machine.

use std::io;

use brunt_scenarios::template::{SecretStore, StoreError};

/// The longest file that holds a secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Environment variables and files of this machine. It knows no cluster.
#[derive(Debug, Clone, Copy)]
pub struct LocalSecrets;

impl SecretStore for LocalSecrets {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &str) -> io::Result<String> {
        // A pipe would be waited for, and a device has no end.
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() > LONGEST {
            return Err(io::Error::other("it is no regular file of at most 64 KiB"));
        }
        std::fs::read_to_string(path)
    }

    fn kubernetes(&self, _: &str, _: &str) -> Result<String, StoreError> {
        Err("`brunt load` knows no cluster: name a variable by ${secret:env:NAME}".into())
    }
}
