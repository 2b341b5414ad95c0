//! One file a command.

mod list;
mod load;
mod prove;
mod reap;
mod run;
mod schema;
mod serve;
mod up;
mod validate;

use anyhow::{Context, Result};

use crate::cli::{Cli, Command};
use crate::exit::Exit;

/// Does what the command line says.
pub fn dispatch(cli: Cli) -> Result<Exit> {
    match cli.command {
        Command::Run(options) => run::run(&options),
        Command::Prove(options) => prove::prove(&options),
        Command::Validate(options) => validate::validate(&options),
        Command::Schema(options) => schema::schema(&options),
        Command::Up(options) => up::up(&options),
        Command::Serve(options) => serve::serve(&options),
        Command::Load { arguments } => load::load(arguments),
        Command::List => Ok(list::list()),
        Command::Reap => Ok(reap::reap()),
    }
}

/// A runtime for the supervisor: proxies, probes and steps share it; the load has threads of its own.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
