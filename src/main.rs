//! `brunt`: does your system bear it? The command line and the wiring; nothing else wires.

mod builtin;
mod cli;
mod commands;
mod exit;
mod files;
mod github;
mod inside;
mod live;
mod output;
mod progress;
mod runner;
mod runs;
mod say;
mod target;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::dispatch(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => exit::explain(&error),
    }
}
