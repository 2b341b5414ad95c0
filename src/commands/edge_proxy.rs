//! `brunt edge-proxy`, a hidden command: a proxy that takes a service's place in a cluster, so that
//! a run can break and count the calls to it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use brunt_proxy::{ControlServer, EdgeProxy, EndpointAddress, ServedPort};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::EdgeProxyCommandArgs;
use crate::console::outln;
use crate::exit::Exit;
use crate::runtime;

// How long requests are still accepted after SIGTERM: until every node has taken this pod out
// of its endpoints.
const LINGER: Duration = Duration::from_secs(3);

/// How long requests in flight may take after that.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Proxies requests until SIGTERM.
pub fn edge_proxy(options: &EdgeProxyCommandArgs) -> Result<Exit> {
    let token = std::fs::read_to_string(&options.token_file)
        .with_context(|| format!("cannot read {}", options.token_file.display()))?;
    let token = token.trim();
    ensure!(!token.is_empty(), "{} is empty", options.token_file.display());
    let served: Vec<ServedPort> = options
        .serve
        .iter()
        .map(|one| ServedPort { port: one.port, fallback: EndpointAddress::at(&one.leads_to) })
        .collect();
    runtime::new()?.block_on(async {
        let mut terminated =
            signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let proxy = Arc::new(EdgeProxy::start(&options.callee, &served)?);
        let control = ControlServer::start(options.control, token, Arc::clone(&proxy))
            .await
            .with_context(|| format!("cannot listen on port {}", options.control))?;
        outln!(
            "proxy of {} on ports {:?}, control connection on port {}",
            options.callee,
            proxy.ports(),
            control.port()
        );
        terminated.recv().await;
        if !proxy.is_draining() {
            proxy.drain_connections();
            tokio::time::sleep(LINGER).await;
        }
        // Requests that take longer are cut with the process.
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, proxy.shut_down()).await;
        Ok(Exit::Pass)
    })
}
