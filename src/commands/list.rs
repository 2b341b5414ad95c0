//! `brunt list`: what is built in.

use crate::builtin;
use crate::console::outln;
use crate::exit::Exit;

/// Prints the names of the built-in systems and scenarios.
pub fn list() -> Exit {
    outln!("Systems (brunt up SYSTEM):");
    for system in builtin::SYSTEMS {
        outln!("  {}", system.name);
    }
    outln!("Scenarios (brunt run SCENARIO):");
    for (name, _) in builtin::all() {
        outln!("  {name}");
    }
    Exit::Pass
}
