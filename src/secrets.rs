//! Secrets of the scenarios that run: read once, and masked in all that this process prints and
//! logs. Reports mask them on their own.

use std::borrow::Cow;
use std::io;
use std::sync::{PoisonError, RwLock};

use anyhow::{Context, Result};
use brunt_reports::Secrets;
use brunt_scenarios::plan::SecretValues;

use crate::files::Planned;

/// The longest file that holds a secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What is masked. A process that runs scenarios with `--jobs` masks the secrets of all of them.
static MASKED: RwLock<Option<Secrets>> = RwLock::new(None);

/// Gives a plan the values of the secrets that it names.
pub fn read(planned: &mut Planned) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let values = SecretValues::read(&planned.plan.texts(), variable, file)
        .with_context(|| planned.source.name.clone())?;
    planned.plan.secrets = values;
    hide(&Secrets::named(&planned.plan.secrets));
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

fn file(path: &str) -> io::Result<String> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return Err(io::Error::other("it is no regular file of at most 64 KiB"));
    }
    std::fs::read_to_string(path)
}
