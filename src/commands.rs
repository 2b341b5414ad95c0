//! One file a command.

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

use std::cell::RefCell;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tracing::Span;
use tracing::span::EnteredSpan;

use crate::cli::{Cli, Command, PlatformKind};
use crate::logging;

/// Does what the command line says.
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
        Command::Connections => connections::connections()?,
        Command::EdgeProxy(options) => edge_proxy::edge_proxy(&options)?,
        Command::Work(options) => work::work(&options)?,
        Command::Reap => reap::reap(),
    };
    Ok(exit.into())
}

/// A runtime for the supervisor: proxies, probes and steps share it; the load has threads
/// of its own.
fn runtime() -> Result<tokio::runtime::Runtime> {
    runtime_within(&Span::none())
}

thread_local! {
    static RUN: RefCell<Option<EnteredSpan>> = const { RefCell::new(None) };
}

/// The same, with all of its threads in this span: so a run's log also has the events of tasks that
/// were spawned without one.
fn runtime_within(span: &Span) -> Result<tokio::runtime::Runtime> {
    let span = span.clone();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .on_thread_start(move || RUN.set(Some(span.clone().entered())))
        .on_thread_stop(|| drop(RUN.take()))
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
