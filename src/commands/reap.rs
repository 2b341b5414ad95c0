//! `brunt reap`, a hidden command: the process that ends what a dead supervisor has left.

use crate::exit::Exit;

/// Reads process groups from standard input until it ends with their supervisor, then ends them.
pub fn reap() -> Exit {
    brunt_local::reap(std::io::stdin().lock());
    Exit::Pass
}
