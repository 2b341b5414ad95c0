//! `brunt connections`, which nobody types: what is connected in this container, whose image has no
//! other program to say so.

use anyhow::{Context, Result};

use crate::console::out;
use crate::exit::Exit;

/// Prints the kernel's tables of connections.
pub fn connections() -> Result<Exit> {
    out!(
        "{}",
        std::fs::read_to_string("/proc/net/tcp").context("the kernel shows no connections here")?
    );
    // Not every kernel knows the new addresses.
    out!("{}", std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    Ok(Exit::Pass)
}
