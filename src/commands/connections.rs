//! `brunt connections`, a hidden command: the connections of a pod with a container whose image has
//! no other program to list them.

use anyhow::{Context, Result};
use brunt_kubernetes::END_OF_CONNECTIONS;

use crate::attached_input::AttachedInput;
use crate::cli::ConnectionsArgs;
use crate::console::{out, outln};
use crate::exit::Exit;

/// Prints the kernel's tables of connections: once, or where it is attached, for each line of
/// standard input, each time with a line at the end that says so.
pub fn connections(options: &ConnectionsArgs) -> Result<Exit> {
    if !options.attached {
        print()?;
        return Ok(Exit::Pass);
    }
    let input = AttachedInput::read();
    let mut asked = input.first_request();
    while asked {
        print()?;
        outln!("{END_OF_CONNECTIONS}");
        asked = input.next_request();
    }
    Ok(Exit::Pass)
}

fn print() -> Result<()> {
    out!(
        "{}",
        std::fs::read_to_string("/proc/net/tcp").context("the kernel shows no connections here")?
    );
    // Not every kernel has IPv6.
    out!("{}", std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    Ok(())
}
