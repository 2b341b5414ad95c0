//! `brunt list`

use crate::builtin;
use crate::exit::Exit;

/// Prints what is built in.
pub fn list() -> Exit {
    println!("Systems (brunt up SYSTEM):");
    for system in builtin::SYSTEMS {
        println!("  {}", system.name);
    }
    println!("Scenarios (brunt run SCENARIO):");
    for (name, _) in builtin::all() {
        println!("  {name}");
    }
    Exit::Pass
}
