//! The faults in force at one edge proxy, as this controller has injected them: the log says for
//! each change what was in force before it and after it.

use std::sync::{Mutex, PoisonError};

use brunt_proxy::list_faults;
use brunt_scenarios::plan::EdgeFault;

/// The faults in force at one edge proxy, in the order in which they were injected.
#[derive(Debug, Default)]
pub(super) struct FaultsByCaller(Mutex<Vec<CallerFault>>);

#[derive(Debug)]
struct CallerFault {
    caller: String,
    /// The proxy's own number for it.
    id: u64,
    fault: EdgeFault,
}

/// What has changed on one edge, for the log.
#[derive(Debug, PartialEq)]
pub(super) struct EdgeFaultChange {
    /// The fault that was injected or recovered.
    pub(super) fault: EdgeFault,
    /// The faults in force until now.
    pub(super) before: String,
    /// The faults in force from now on.
    pub(super) after: String,
}

impl FaultsByCaller {
    /// A fault has been injected.
    pub(super) fn add(&self, caller: &str, id: u64, fault: EdgeFault) -> EdgeFaultChange {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = list(&all, caller);
        all.push(CallerFault { caller: caller.to_owned(), id, fault });
        EdgeFaultChange { fault, before, after: list(&all, caller) }
    }

    /// A fault has ended. `None` for one that is not in force.
    pub(super) fn remove(&self, id: u64) -> Option<EdgeFaultChange> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = all.iter().position(|one| one.id == id)?;
        let caller = all[index].caller.clone();
        let before = list(&all, &caller);
        let ended = all.remove(index);
        Some(EdgeFaultChange { fault: ended.fault, before, after: list(&all, &caller) })
    }
}

fn list(all: &[CallerFault], caller: &str) -> String {
    list_faults(all.iter().filter(|one| one.caller == caller).map(|one| one.fault))
}

#[cfg(test)]
mod tests {
    use brunt_scenarios::plan::AbortStatus;

    use super::*;

    #[test]
    fn each_change_has_the_faults_of_its_own_caller_before_and_after_it() {
        let faults = FaultsByCaller::default();
        let half = EdgeFault::Abort { status: AbortStatus::Http(503), share: 0.5 };
        assert_eq!(faults.add("web", 1, EdgeFault::Cut).before, "no fault");
        let second = faults.add("web", 2, half);
        assert_eq!(second.before, EdgeFault::Cut.to_string());
        assert_eq!(second.after, format!("{}, {half}", EdgeFault::Cut));
        assert_eq!(faults.add("batch", 3, EdgeFault::Refuse).before, "no fault");
        let ended = faults.remove(1).unwrap();
        assert_eq!((ended.fault, ended.after), (EdgeFault::Cut, half.to_string()));
        assert_eq!(faults.remove(2).unwrap().after, "no fault");
        assert_eq!(faults.remove(2), None);
    }
}
