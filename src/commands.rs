//! One file a command.

mod calibrate;
mod cluster;
mod compare;
mod connections;
mod list;
mod load;
mod parallel;
mod place;
mod prove;
mod reap;
mod report;
mod revert;
mod run;
mod schema;
mod serve;
mod stand_in;
mod stress;
mod up;
mod validate;
mod watch;
mod work;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::cli::{Cli, Command, Platform};

/// Does what the command line says.
pub fn dispatch(cli: Cli) -> Result<ExitCode> {
    let exit = match cli.command {
        Command::Run(options) => run::run(&options)?,
        Command::Prove(options) => prove::prove(&options)?,
        Command::Validate(options) => validate::validate(&options)?,
        Command::Schema(options) => schema::schema(&options)?,
        Command::Up(options) if options.on == Platform::Kubernetes => cluster::up(&options)?,
        Command::Up(options) => up::up(&options)?,
        Command::Down(options) => cluster::down(&options)?,
        Command::Watch(options) => watch::watch(&options)?,
        Command::Serve(options) => serve::serve(&options)?,
        Command::Load { arguments } => return Ok(load::load(&arguments)),
        Command::Calibrate(options) => calibrate::calibrate(&options)?,
        Command::Compare(options) => compare::compare(&options)?,
        Command::Report(options) => report::report(&options)?,
        Command::List => list::list(),
        Command::Revert(options) => revert::revert(&options)?,
        Command::Stress(options) => stress::stress(&options),
        Command::Connections => connections::connections()?,
        Command::StandIn(options) => stand_in::stand_in(&options)?,
        Command::Work(options) => work::work(&options)?,
        Command::Reap => reap::reap(),
    };
    Ok(exit.into())
}

/// A runtime for the supervisor: proxies, probes and steps share it; the load has threads
/// of its own.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
