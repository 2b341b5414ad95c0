//! While a service is down commands are accepted, and all of them complete once it is back.

use brunt_scenarios::plan::Decoupled;

use super::judged::{Judge, JudgedRun};
use super::{isolation, ledger};
use crate::verdict::Finding;

impl Judge for Decoupled {
    fn judge(&self, run: &JudgedRun<'_>) -> Vec<Finding> {
        let Self { service, of, at_least, effects, .. } = self;
        let claim = format!("{of}: availability ≥ {at_least} while {service} is down");
        let (name, what) = ("decoupled.accepted", (of.as_str(), *at_least));
        let accepted = isolation::served(run, name, claim, what, &[service.as_str()]);
        let what = format!("{of} in {}", effects.rows.target.document());
        let completed = ledger::lost(ledger::record(run), "decoupled.completed", &what, 0);
        vec![accepted, completed]
    }
}
