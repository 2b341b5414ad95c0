//! How one service's processes are started.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Everything but the port and the replica's number.
#[derive(Debug, Clone)]
pub(crate) struct LaunchSpec {
    pub(crate) service: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) dir: PathBuf,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) data: PathBuf,
    pub(crate) logs: PathBuf,
}

/// Whether a replica starts for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaunchKind {
    First,
    Restart,
}

impl LaunchSpec {
    pub(crate) fn log(&self, replica: u32) -> PathBuf {
        self.logs.join(format!("{}-{replica}.log", self.service))
    }

    pub(crate) fn command(&self, replica: u32, port: u16, kind: LaunchKind) -> io::Result<Command> {
        let log = self.open_log(replica, kind)?;
        let mut command = Command::new(&self.program);
        command
            .args(self.args.iter().map(|arg| self.fill_in(arg, port)))
            .current_dir(&self.dir)
            .env("PORT", port.to_string())
            .envs(self.env.iter().map(|(name, value)| (name, self.fill_in(value, port))))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: a terminal's Ctrl-C must reach brunt alone, which then stops its
            // services in order.
            .process_group(0);
        Ok(command)
    }

    /// A replica's restarts append to its log. A log of an earlier run is replaced.
    fn open_log(&self, replica: u32, kind: LaunchKind) -> io::Result<File> {
        let path = self.log(replica);
        if kind == LaunchKind::First {
            File::create(&path)?;
        }
        File::options().create(true).append(true).open(path)
    }

    fn fill_in(&self, text: &str, port: u16) -> String {
        text.replace("${port}", &port.to_string()).replace("${data}", &self.data.to_string_lossy())
    }
}
