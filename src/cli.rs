//! The command line as it is typed.

mod document;
mod load_arguments;
mod platform;
mod renamed;
mod run;
mod system;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use tracing::Level;

use crate::console;
use crate::logging::{LogArgs, LogFormat};

pub use document::{CompareArgs, ReportArgs, SchemaArgs, SchemaKind, ValidateArgs};
pub use platform::{LoadSource, PlatformArgs, PlatformKind};
pub use run::{CalibrateArgs, CommonArgs, ProveArgs, RunArgs, ToleranceArgs};
pub use system::{
    ConnectionsArgs, DownArgs, EdgeProxyCommandArgs, RevertArgs, ServeArgs, StressArgs, UpArgs,
    WatchArgs, WorkArgs,
};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "brunt", version, about = ABOUT, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub log: LogArgs,
    #[command(subcommand)]
    pub command: Command,
}

const ABOUT: &str =
    "Can your system take it? Load and chaos tests that prove that their own checks can fail.";

const EXIT_CODES: &str = "\
Exit codes: 0 all expectations hold; 1 an expectation failed; 2 the scenario, system file or \
command line is wrong; 3 inconclusive; 4 stopped early; 5 a change could not be restored; \
130 ended at once by a second signal.";

impl Cli {
    /// Reads this process's command line; ends the process if it is wrong, or asks for help.
    pub fn from_command_line() -> Self {
        let arguments = load_arguments::set_apart(std::env::args_os());
        let (arguments, warnings) = renamed::use_new_names(arguments);
        let parsed = Self::try_parse_from(arguments);
        if parsed.as_ref().is_ok_and(|cli| cli.log.log_format == LogFormat::Json) {
            console::write_messages_as_json();
        }
        for warning in warnings {
            console::write_message(Level::WARN, &format!("warning: {warning}"));
        }
        parsed.unwrap_or_else(|error| without_hidden(error).exit())
    }
}

/// The error without suggestions of commands that are not for people.
fn without_hidden(mut error: clap::Error) -> clap::Error {
    let suggested = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(names)) => names.clone(),
        Some(ContextValue::String(name)) => vec![name.clone()],
        _ => return error,
    };
    let commands = Cli::command();
    let is_shown = |name: &String| {
        commands.find_subcommand(name).is_some_and(|command| !command.is_hide_set())
    };
    let shown: Vec<String> = suggested.into_iter().filter(is_shown).collect();
    let shown = if shown.is_empty() { ContextValue::None } else { ContextValue::Strings(shown) };
    error.insert(ContextKind::SuggestedSubcommand, shown);
    error
}

/// One variant a command, with its options.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios: start the system, put load on it, inject faults, judge and report.
    Run(RunArgs),
    /// Run scenarios with and without their guards: each must pass with them, and fail without
    /// them for the named reason.
    Prove(ProveArgs),
    /// Run scenarios many times, as they are and without each guard, and count how often their
    /// verdicts are wrong.
    Calibrate(CalibrateArgs),
    /// Check scenario, system and load files without running them.
    Validate(ValidateArgs),
    /// Print the JSON Schema of scenario files, system files, load files or `report.json`.
    Schema(SchemaArgs),
    /// Start a system and keep it running until ctrl-C; on a cluster, until `brunt down`.
    Up(UpArgs),
    /// Remove a system from a cluster.
    Down(DownArgs),
    /// Print a running built-in system's events as they are published, until ctrl-C.
    Watch(WatchArgs),
    /// Run one service of a built-in system in the foreground.
    Serve(ServeArgs),
    /// Put load on a URL, with siege's options; see `brunt load --help`.
    #[command(disable_help_flag = true)]
    Load {
        /// Options and URLs as siege takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compare a new version with the previous one: whether it is worse, by how much, and how
    /// sure that is.
    Compare(CompareArgs),
    /// Render the reports of earlier runs again, and an index of all of them.
    Report(ReportArgs),
    /// List the built-in systems and scenarios.
    List,
    /// Restore what runs have changed on a cluster and could not restore themselves.
    Revert(RevertArgs),
    /// Use processor time and memory until standard input ends.
    #[command(hide = true)]
    Stress(StressArgs),
    /// Put one worker's share of a run's load on the system.
    #[command(hide = true)]
    Work(WorkArgs),
    /// Proxy a service's calls on a cluster, so that a run can break and count them.
    // The old name: objects that an earlier version has left on a cluster may still call it.
    #[command(hide = true, alias = "stand-in")]
    EdgeProxy(EdgeProxyCommandArgs),
    /// Print the kernel's table of connections.
    #[command(hide = true)]
    Connections(ConnectionsArgs),
    /// End the process groups of a supervisor that has died.
    #[command(hide = true)]
    Reap,
}
