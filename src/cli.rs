//! The command line as it is typed.

mod document;
mod load_arguments;
mod place;
mod run;
mod system;

use clap::{Parser, Subcommand};

use crate::logging::LogArgs;

pub use document::{Compare, Report, Schema, SchemaOf, Validate};
pub use load_arguments::set_apart;
pub use place::{LoadFrom, OnWhat, Platform};
pub use run::{Calibrate, Common, Prove, Run, Tolerance};
pub use system::{Down, Revert, Serve, StandInFor, Stress, Up, Watch, Work};

/// Can your system take it? Load and chaos, with verdicts that can be trusted.
#[derive(Debug, Parser)]
#[command(name = "brunt", version, about, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub log: LogArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 all holds; 1 an expectation failed; 2 the scenario, system file or command line is \
wrong; 3 inconclusive; 4 stopped early; 5 something could not be put back.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios: start the system, put load on it, break it, judge, report.
    Run(Run),
    /// Run scenarios with and without their guards: each must pass with, and fail without, for
    /// the named reason.
    Prove(Prove),
    /// Run scenarios many times, as they are and without each guard, and say how often
    /// verdicts are wrong.
    Calibrate(Calibrate),
    /// Check scenario files without running them.
    Validate(Validate),
    /// Print the JSON Schema of scenario files, of system files, or of `report.json`.
    Schema(Schema),
    /// Start a system and keep it running until ctrl-C; on a cluster, until `brunt down`.
    Up(Up),
    /// Remove a system from a cluster.
    Down(Down),
    /// Show a running built-in system's events as they are published, until ctrl-C.
    Watch(Watch),
    /// Run one service of a built-in system in the foreground.
    Serve(Serve),
    /// Put load on a URL, as siege does; see `brunt load --help`.
    #[command(disable_help_flag = true)]
    Load {
        /// As siege takes them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Say whether a new version is worse than the one before, by how much, and how sure that is.
    Compare(Compare),
    /// Render the reports of earlier runs again, and a page over all of them.
    Report(Report),
    /// List what is built in.
    List,
    /// Put back what runs have changed on a cluster and could not put back themselves.
    Revert(Revert),
    /// Use up processor and memory until standard input ends.
    #[command(hide = true)]
    Stress(Stress),
    /// Put a part of a run's load on, as told by standard input.
    #[command(hide = true)]
    Work(Work),
    /// Be in a service's place, and pass requests on to it.
    #[command(hide = true)]
    StandIn(StandInFor),
    /// Show the kernel's table of connections.
    #[command(hide = true)]
    Connections,
    /// Ends process groups whose supervisor has died.
    #[command(hide = true)]
    Reap,
}
