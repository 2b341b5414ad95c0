//! Checks of load files.

use super::load_context::{Definitions, LoadContext};
use super::target::Targets;
use super::{Checker, abort_when};
use crate::plan::{LoadPlan, SecretValues};
use crate::scenario::LoadFile;
use crate::source::{Diagnostic, Source};

impl LoadPlan {
    /// Checks a load file as it was written in `source`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(written: &LoadFile, source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let mut checker = Checker::new(source);
        checker.version(&written.version);
        if written.load.is_empty() {
            checker.wrong(None, "there is no load").help =
                Some("add an entry to `load:`".to_owned());
        }
        let targets = Targets::Urls { base: checker.base(written.base.as_ref()) };
        let context = LoadContext { targets, saved: vec![], definitions: Definitions::Asked };
        let loads = written.load.iter().filter_map(|load| checker.load(load, &context)).collect();
        checker.load_names(&written.load);
        let abort_when = written.abort_when.as_ref().map(abort_when);
        let (name, secrets) = (written.name.clone(), SecretValues::default());
        checker.finish(Self { name, loads, abort_when, secrets })
    }
}
