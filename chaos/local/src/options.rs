//! Where and how a system is started on this machine.

use std::ffi::OsString;
use std::path::PathBuf;

/// Which ports services are offered on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// On the ports that the system file declares.
    Declared,
    /// On any free ports, so that several systems can run side by side.
    Free,
}

/// Where and how a system is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder for the services' data; `${data}` in commands and environments. Created
    /// unless it exists.
    pub data: PathBuf,
    /// Whether the data of earlier times is removed first, once everything else is
    /// known to be usable.
    pub fresh: bool,
    /// The folder for the logs, one file a replica: `<service>-<replica>.log`. Created
    /// unless it exists.
    pub logs: PathBuf,
    /// The folder that relative folders and programs start from: the system file's.
    pub base: PathBuf,
    /// Which ports services are offered on.
    pub ports: Ports,
    /// The program that the name `brunt` stands for in a system file.
    pub this_program: PathBuf,
    /// The command of a process that runs [`crate::reap`] on its standard input. Without one, the
    /// services' own children survive a SIGKILL of this process.
    pub reaper: Option<Vec<OsString>>,
}
