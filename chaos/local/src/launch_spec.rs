//! How one service's processes are started.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use brunt_scenarios::plan::{AddressPart, LaunchScope, LaunchTextError, LaunchValue, fill_in};
use thiserror::Error;

use crate::own_file;
use crate::own_folder::refuse_links_below;
use crate::replica_address::ReplicaPorts;

/// Everything but the ports and the replica's number.
#[derive(Debug, Clone)]
pub(crate) struct LaunchSpec {
    pub(crate) service: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) dir: PathBuf,
    pub(crate) env: BTreeMap<String, String>,
    /// Path in the data folder → text.
    pub(crate) files: BTreeMap<String, String>,
    /// Callee → variables with its address.
    pub(crate) calls: BTreeMap<String, BTreeMap<String, String>>,
    /// Where the callees are.
    pub(crate) callees: BTreeMap<String, CalleeProxy>,
    pub(crate) data: PathBuf,
    pub(crate) logs: PathBuf,
}

/// A callee as its caller sees it: the proxy on the edge between them.
#[derive(Debug, Clone)]
pub(crate) struct CalleeProxy {
    pub(crate) port: u16,
    /// Those of the callee's further ports.
    pub(crate) named: BTreeMap<String, u16>,
    pub(crate) url: String,
}

/// Whether a replica starts for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaunchKind {
    First,
    Restart,
}

/// Why a process cannot be started.
#[derive(Debug, Error)]
pub(crate) enum LaunchError {
    #[error(transparent)]
    Text(#[from] LaunchTextError),
    #[error("`${{env.{name}}}` has no value: set the environment variable {name}")]
    NoVariable { name: String },
    #[error("it does not call `{callee}`, of which it asks the address")]
    NoCallee { callee: String },
    #[error("there is no port `{name}`")]
    NoPort { name: String },
    #[error("the file {} would not be in the data folder", path.display())]
    Outside { path: PathBuf },
    #[error("cannot write the file {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("no port, log or process")]
    Start(#[from] io::Error),
}

/// What texts of one process are filled in with.
struct LaunchValues<'a> {
    launch: &'a LaunchSpec,
    ports: &'a ReplicaPorts,
    /// Of the program; those that it inherits from this process are not among them.
    env: &'a BTreeMap<String, String>,
}

impl LaunchSpec {
    pub(crate) fn log(&self, replica: u32) -> PathBuf {
        self.logs.join(format!("{}-{replica}.log", self.service))
    }

    /// The command of a replica, whose files have been written.
    pub(crate) fn command(
        &self,
        replica: u32,
        ports: &ReplicaPorts,
        kind: LaunchKind,
    ) -> Result<Command, LaunchError> {
        let env = self.environment(ports)?;
        let (args, files) = self.args_and_files(ports, &env)?;
        for (path, text) in files {
            let written = self.write(&path, &text);
            written.map_err(|source| LaunchError::File { path, source })?;
        }
        let log = self.open_log(replica, kind)?;
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .current_dir(&self.dir)
            .envs(env)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: a terminal's Ctrl-C must reach brunt alone, which then stops its
            // services in order.
            .process_group(0);
        Ok(command)
    }

    /// A command of a probe, in the environment of a replica.
    pub(crate) fn probe_command(
        &self,
        command: &[String],
        ports: &ReplicaPorts,
    ) -> Result<Command, LaunchError> {
        let env = self.environment(ports)?;
        let values = LaunchValues { launch: self, ports, env: &env };
        let mut words = command.iter().map(|word| values.fill_in(word, LaunchScope::PROGRAM));
        let program = words.next().unwrap_or_else(|| Ok(String::new()))?;
        let args = words.collect::<Result<Vec<_>, _>>()?;
        // As a shell does: a name in PATH, anything with a slash as a path.
        let program = match program.contains('/') {
            true => self.dir.join(program),
            false => PathBuf::from(program),
        };
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(&self.dir)
            .envs(env)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        Ok(command)
    }

    /// Whether everything that is to be filled in has a value, when its ports have these names.
    pub(crate) fn check<'a>(
        &self,
        port_names: impl Iterator<Item = &'a String>,
    ) -> Result<(), LaunchError> {
        let named = port_names.map(|name| (name.clone(), 0)).collect();
        let ports = ReplicaPorts { first: 0, named };
        self.args_and_files(&ports, &self.environment(&ports)?).map(drop)
    }

    fn environment(&self, ports: &ReplicaPorts) -> Result<BTreeMap<String, String>, LaunchError> {
        let inherited = BTreeMap::new();
        let values = LaunchValues { launch: self, ports, env: &inherited };
        let mut env = BTreeMap::from([("PORT".to_owned(), ports.first.to_string())]);
        for (name, text) in &self.env {
            env.insert(name.clone(), values.fill_in(text, LaunchScope::PROGRAM)?);
        }
        for (callee, variables) in &self.calls {
            for (name, text) in variables {
                env.insert(name.clone(), values.fill_in(text, LaunchScope::callee(callee))?);
            }
        }
        Ok(env)
    }

    #[allow(clippy::type_complexity, reason = "the two parts are taken apart at once")]
    fn args_and_files(
        &self,
        ports: &ReplicaPorts,
        env: &BTreeMap<String, String>,
    ) -> Result<(Vec<String>, Vec<(PathBuf, String)>), LaunchError> {
        let values = LaunchValues { launch: self, ports, env };
        let fill_in = |text: &String| values.fill_in(text, LaunchScope::PROGRAM);
        let args = self.args.iter().map(fill_in).collect::<Result<_, _>>()?;
        let file = |(path, text)| Ok((self.inside(&fill_in(path)?)?, fill_in(text)?));
        let files = self.files.iter().map(file).collect::<Result<_, LaunchError>>()?;
        Ok((args, files))
    }

    /// A path in the data folder.
    fn inside(&self, path: &str) -> Result<PathBuf, LaunchError> {
        let path = Path::new(path);
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        match path.components().all(is_inside) {
            true => Ok(self.data.join(path)),
            // A variable may have led out of it.
            false => Err(LaunchError::Outside { path: path.to_owned() }),
        }
    }

    /// Writes a file in the data folder, where somebody may have prepared a link.
    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        refuse_links_below(&self.data, path.strip_prefix(&self.data).unwrap_or(path))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }

    /// A replica's restarts append to its log. A log of an earlier run is replaced.
    fn open_log(&self, replica: u32, kind: LaunchKind) -> io::Result<File> {
        let path = self.log(replica);
        match kind {
            LaunchKind::First => own_file::replace(&path),
            LaunchKind::Restart => own_file::append(&path),
        }
    }
}

impl LaunchValues<'_> {
    fn fill_in(&self, text: &str, scope: LaunchScope<'_>) -> Result<String, LaunchError> {
        fill_in(text, scope, |value| self.value(value))
    }

    fn value(&self, value: LaunchValue<'_>) -> Result<String, LaunchError> {
        match value {
            LaunchValue::Port => Ok(self.ports.first.to_string()),
            LaunchValue::NamedPort(name) => named(&self.ports.named, name),
            LaunchValue::Data => Ok(self.launch.data.to_string_lossy().into_owned()),
            LaunchValue::Env(name) => self
                .env
                .get(name)
                .cloned()
                .or_else(|| std::env::var(name).ok())
                .ok_or_else(|| LaunchError::NoVariable { name: name.to_owned() }),
            LaunchValue::Callee(callee, part) => {
                let none = || LaunchError::NoCallee { callee: callee.to_owned() };
                let proxy = self.launch.callees.get(callee).ok_or_else(none)?;
                match part {
                    AddressPart::Host => Ok(CalleeProxy::HOST.to_owned()),
                    AddressPart::Port => Ok(proxy.port.to_string()),
                    AddressPart::Url => Ok(proxy.url.clone()),
                    AddressPart::NamedPort(name) => named(&proxy.named, name),
                }
            }
        }
    }
}

impl CalleeProxy {
    /// Where all proxies listen.
    pub(crate) const HOST: &'static str = "127.0.0.1";
}

fn named(ports: &BTreeMap<String, u16>, name: &str) -> Result<String, LaunchError> {
    let port = ports.get(name).ok_or_else(|| LaunchError::NoPort { name: name.to_owned() })?;
    Ok(port.to_string())
}
