//! Where and how a system is started.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where services are offered.
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
    /// The folder for the services' data; `${data}` in commands and environments. Made if it
    /// is not there.
    pub data: PathBuf,
    /// The folder for the logs, one file a replica: `<service>-<replica>.log`. Made if it
    /// is not there.
    pub logs: PathBuf,
    /// The folder that relative folders and programs are meant from: the system file's.
    pub base: PathBuf,
    /// Where services are offered.
    pub ports: Ports,
    /// What `brunt` means as a program.
    pub this_program: PathBuf,
    /// The command of a process that runs [`crate::reap`] over its standard input. Without one,
    /// grandchildren survive a SIGKILL of this process.
    pub reaper: Option<Vec<OsString>>,
}
