//! A scenario's plan with what it was read from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use brunt_scenarios::{Plan, Source, plan};

/// A scenario that can run, with the files that it was read from.
pub struct Planned {
    /// A short name: the file's name without its ending.
    pub slug: String,
    /// The scenario file.
    pub source: Source,
    /// The system file.
    pub system: Source,
    /// Feeds and .proto files, by the names that the loads have for them.
    pub files: BTreeMap<String, String>,
    pub plan: Plan,
    /// The folder that relative paths of the system file start from.
    pub base: PathBuf,
}

/// Puts what is deployed on a cluster in place of what the system file says, such as probes.
pub type LoadLiveSpec<'a> = dyn Fn(&mut plan::System) -> Result<()> + 'a;
