//! One file for each command.

mod attempt;
mod calibrate;
mod cluster;
mod compare;
mod connections;
mod edge_proxy;
mod list;
mod load;
mod parallel;
mod platform;
mod prove;
mod reap;
mod report;
mod revert;
mod run;
mod schema;
mod serve;
mod stress;
mod up;
mod validate;
mod watch;
mod work;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Cli, Command, PlatformKind};
use crate::logging;

/// Carries out the command.
pub fn dispatch(cli: Cli) -> Result<ExitCode> {
    // A service's log has its own set-up and its own variable, as in its container. A reaper lives
    // for a second after its supervisor, whose standard error may be gone by then.
    if !matches!(cli.command, Command::Serve(_) | Command::Reap) {
        logging::start(&cli.log)?;
    }
    let exit = match cli.command {
        Command::Run(options) => run::run(&options)?,
        Command::Prove(options) => prove::prove(&options)?,
        Command::Validate(options) => validate::validate(&options)?,
        Command::Schema(options) => schema::schema(&options)?,
        Command::Up(options) if options.on == PlatformKind::Kubernetes => cluster::up(&options)?,
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
        Command::Connections(options) => connections::connections(&options)?,
        Command::EdgeProxy(options) => edge_proxy::edge_proxy(&options)?,
        Command::Work(options) => work::work(&options)?,
        Command::Reap => reap::reap(),
    };
    Ok(exit.into())
}
