//! `brunt`: can your system take it? The command line and the wiring; nothing else wires.

mod attached_input;
mod builtin;
mod cli;
mod commands;
mod console;
mod earlier_runs;
mod exit;
mod files;
mod folded;
mod github;
mod live;
mod logging;
mod progress;
mod remote_workers;
mod run_folder;
mod runner;
mod runtime;
mod secrets;
mod shell;
mod signals;
mod target;

use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::dispatch(cli::Cli::from_command_line()) {
        Ok(code) => code,
        Err(error) => exit::report_error(&error),
    }
}
