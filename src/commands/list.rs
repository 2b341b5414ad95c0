//! `brunt list`

use crate::builtin;
use crate::exit::Exit;
use crate::say::say;

/// Prints what is built in.
pub fn list() -> Exit {
    say!("Systems (brunt up SYSTEM):");
    for system in builtin::SYSTEMS {
        say!("  {}", system.name);
    }
    say!("Scenarios (brunt run SCENARIO):");
    for (name, _) in builtin::all() {
        say!("  {name}");
    }
    Exit::Pass
}
