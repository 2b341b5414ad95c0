//! `brunt connections`, a hidden command: the connections of a container whose image has no other
//! program to list them.

use anyhow::{Context, Result};

use crate::console::out;
use crate::exit::Exit;

/// Prints the kernel's tables of connections.
pub fn connections() -> Result<Exit> {
    out!(
        "{}",
        std::fs::read_to_string("/proc/net/tcp").context("the kernel shows no connections here")?
    );
    // Not every kernel has IPv6.
    out!("{}", std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    Ok(Exit::Pass)
}
