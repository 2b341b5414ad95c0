//! The asynchronous runtime of a command.

use std::cell::RefCell;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};
use tracing::Span;
use tracing::span::EnteredSpan;

// Threads of a runtime. Proxies, probes and steps share them; the load engine has threads of its
// own, so that nothing here delays a request.
const THREADS: usize = 2;

thread_local! {
    static RUN: RefCell<Option<EnteredSpan>> = const { RefCell::new(None) };
}

/// A runtime for a command.
pub fn new() -> Result<Runtime> {
    within(&Span::none())
}

/// A runtime whose threads are all in this span, so that a run's log also gets the events of tasks
/// that were spawned without one.
pub fn within(span: &Span) -> Result<Runtime> {
    let span = span.clone();
    Builder::new_multi_thread()
        .worker_threads(THREADS)
        .on_thread_start(move || RUN.set(Some(span.clone().entered())))
        .on_thread_stop(|| drop(RUN.take()))
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
