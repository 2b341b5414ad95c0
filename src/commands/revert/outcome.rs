//! What became of a revert: printed, and as an exit code.

use brunt_kubernetes::Reverted;

use crate::console::{errln, plainln};
use crate::exit::Exit;

/// Prints what was restored, and what was not; with the namespace where there may be several.
pub(super) fn show(reverted: &Reverted, namespace: Option<&str>) {
    let place = namespace.map_or(String::new(), |namespace| format!("{namespace}: "));
    for what in &reverted.done {
        plainln!("{place}{what}");
    }
    for what in reverted.drift.iter().chain(&reverted.failed) {
        errln!("brunt: {place}{what}");
    }
}

/// Whether anything is left.
pub(super) fn exit(reverted: &Reverted) -> Exit {
    if reverted.is_clean() { Exit::Pass } else { Exit::LeftBehind }
}
