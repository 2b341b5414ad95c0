//! How one service's processes are started.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Everything but the port and the replica's number.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
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
pub(crate) enum Start {
    First,
    Again,
}

impl Launch {
    pub(crate) fn log(&self, replica: u32) -> PathBuf {
        self.logs.join(format!("{}-{replica}.log", self.service))
    }

    pub(crate) fn command(&self, replica: u32, port: u16, start: Start) -> io::Result<Command> {
        let log = self.open_log(replica, start)?;
        let mut command = Command::new(&self.program);
        command
            .args(self.args.iter().map(|arg| self.filled(arg, port)))
            .current_dir(&self.dir)
            .env("PORT", port.to_string())
            .envs(self.env.iter().map(|(name, value)| (name, self.filled(value, port))))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        Ok(command)
    }

    /// A replica's restarts go on in its log; a log that an earlier run has left is begun anew.
    fn open_log(&self, replica: u32, start: Start) -> io::Result<File> {
        let path = self.log(replica);
        if start == Start::First {
            File::create(&path)?;
        }
        File::options().create(true).append(true).open(path)
    }

    fn filled(&self, text: &str, port: u16) -> String {
        text.replace("${port}", &port.to_string()).replace("${data}", &self.data.to_string_lossy())
    }
}
