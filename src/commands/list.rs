//! `brunt list`

use crate::builtin;
use crate::exit::Exit;

/// Prints what is built in.
pub fn list() -> Exit {
    println!("Systems (brunt up SYSTEM):");
    for (name, _) in builtin::SYSTEMS {
        println!("  {name}");
    }
    println!("Scenarios (brunt run SCENARIO):");
    for (name, _) in builtin::SCENARIOS {
        println!("  {name}");
    }
    Exit::Pass
}
