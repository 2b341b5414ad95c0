//! `brunt`: can your system take it? The command line and the wiring; nothing else wires.

mod builtin;
mod cli;
mod commands;
mod console;
mod exit;
mod files;
mod github;
mod inside;
mod live;
mod logging;
mod output;
mod progress;
mod runner;
mod runs;
mod target;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::set_apart(std::env::args_os());
    match commands::dispatch(cli::Cli::parse_from(arguments)) {
        Ok(code) => code,
        Err(error) => exit::report_error(&error),
    }
}
