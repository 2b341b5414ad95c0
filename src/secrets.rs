//! Secrets of the scenarios that run, those that they name and those that are written in them:
//! masked in all that this process prints and logs. Reports mask them on their own.

use std::borrow::Cow;
use std::io;
use std::sync::{PoisonError, RwLock};

use anyhow::{Context, Result};
use brunt_kubernetes::ClusterTarget;
use brunt_loadgen_cli::LocalSecrets;
use brunt_reports::Secrets;
use brunt_scenarios::plan::SecretValues;
use brunt_scenarios::template::{SecretStore, StoreError};

use crate::files::Planned;
use crate::runtime;

/// What is masked. A process that runs scenarios with `--jobs` masks the secrets of all of them.
static MASKED: RwLock<Option<Secrets>> = RwLock::new(None);

/// Gives a plan the values of the secrets that it names. `target` is where its system runs; `None`
/// is this machine.
pub fn read(planned: &mut Planned, target: Option<ClusterTarget>) -> Result<()> {
    let values = SecretValues::read(&planned.plan.texts(), &RunSecrets { target })
        .with_context(|| planned.source.name.clone())?;
    planned.plan.secrets = values;
    hide(&Secrets::of(&planned.plan).in_messages());
    Ok(())
}

/// A text without the secrets.
pub fn masked(text: &str) -> Cow<'_, str> {
    match &*MASKED.read().unwrap_or_else(PoisonError::into_inner) {
        Some(secrets) => Cow::Owned(secrets.mask(text)),
        None => Cow::Borrowed(text),
    }
}

fn hide(secrets: &Secrets) {
    if secrets.is_empty() {
        return;
    }
    let mut masked = MASKED.write().unwrap_or_else(PoisonError::into_inner);
    *masked = Some(secrets.clone().and(&masked.take().unwrap_or_default()));
}

/// The secrets of this machine, and of the cluster on which the system runs.
struct RunSecrets {
    target: Option<ClusterTarget>,
}

impl SecretStore for RunSecrets {
    fn variable(&self, name: &str) -> Option<String> {
        LocalSecrets.variable(name)
    }

    fn file(&self, path: &str) -> io::Result<String> {
        LocalSecrets.file(path)
    }

    fn kubernetes(&self, secret: &str, key: &str) -> Result<String, StoreError> {
        let Some(target) = &self.target else {
            return Err("it is in a cluster: add --on kubernetes, or name a variable by \
                        ${secret:env:NAME}"
                .into());
        };
        Ok(runtime::new()?.block_on(brunt_kubernetes::read_secret(target, secret, key))?)
    }
}
