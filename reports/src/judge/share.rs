//! Shares of requests, which several runs show together.

use brunt_scenarios::plan::{During, Plan};
use brunt_scenarios::timeline::{Timeline, Window};

use super::part;

/// A claim about a share of requests, which several runs can be added up for.
pub(crate) struct Share<'p> {
    /// The name of its findings.
    pub name: String,
    /// The share that must be good.
    pub target: f64,
    /// What one run counted.
    pub counts: Box<dyn Fn(&Timeline) -> RunCounts + 'p>,
}

/// What one run counted: so many good requests of so many. Requests of one run share its fate, so a
/// run is one unit when bounds are computed over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunCounts {
    /// Requests that were surely good.
    pub good: u64,
    /// Requests that were in flight at the end: neither good nor bad, as far as is known.
    pub open: u64,
    /// Every request, the good and the open ones included.
    pub all: u64,
}

/// The windows of a load in a part of a run; none without a record of it.
pub(crate) fn windows<'t>(timeline: &'t Timeline, of: &str, during: During) -> Vec<&'t Window> {
    let load = timeline.loads.iter().find(|load| load.name == of);
    load.map(|load| part::windows(timeline, load, during)).unwrap_or_default()
}

/// How long replies of a load are waited for.
pub(crate) fn timeout(plan: &Plan, of: &str) -> std::time::Duration {
    let load = plan.loads.iter().find(|load| load.name == of);
    load.map(brunt_scenarios::plan::Load::timeout).unwrap_or_default()
}
