//! `brunt stand-in`, which nobody types: a proxy in a service's place in a cluster, through which a
//! run breaks and counts calls.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use brunt_proxy::{Control, Endpoint, Listen, StandIn};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::StandInFor;
use crate::console::outln;
use crate::exit::Exit;

/// The variable that tells whom it hears.
const TOKEN: &str = "TOKEN";

/// After it was told to go, until every node has taken it out of its endpoints: who comes
/// meanwhile is served.
const LINGERS: Duration = Duration::from_secs(3);

/// How long what is on its way may take to its end.
const FINISHES_WITHIN: Duration = Duration::from_secs(10);

/// Stands in until it is told to go.
pub fn stand_in(options: &StandInFor) -> Result<Exit> {
    let token = std::env::var(TOKEN).with_context(|| format!("{TOKEN} is not set"))?;
    super::runtime()?.block_on(async {
        let mut told_to_go =
            signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let listen = Listen::Everywhere(options.port);
        let stand_in = StandIn::start(&options.callee, listen, Endpoint::at(&options.kept))?;
        let stand_in = Arc::new(stand_in);
        let control = Control::start(options.control, &token, Arc::clone(&stand_in))
            .await
            .with_context(|| format!("cannot listen on port {}", options.control))?;
        outln!(
            "in the place of {} on port {}, told on port {}",
            options.callee,
            stand_in.port(),
            control.port()
        );
        told_to_go.recv().await;
        if !stand_in.winds_down() {
            stand_in.wind_down();
            tokio::time::sleep(LINGERS).await;
        }
        // Whoever has not come to an end by then is cut off with the process.
        let _ = tokio::time::timeout(FINISHES_WITHIN, stand_in.finish()).await;
        Ok(Exit::Pass)
    })
}
