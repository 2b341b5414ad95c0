//! From start to a clean stop: readiness off, a grace period, no new connections, drain, finish the
//! current work, flush.

mod background;
mod connections;
mod shutdown;

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::{sleep, timeout};

pub use background::{Background, Stop};
pub use shutdown::{Shutdown, Trigger};

use crate::ServeError;
use crate::config::Config;
use crate::health::Health;

/// How long open requests may take after the listener is closed.
// Bounded: one client that never ends its request must not keep the process for ever. Kubernetes
// gives 30 s in all.
const DRAIN: Duration = Duration::from_secs(10);
/// How long each background part may take to finish its current work.
const FINISH: Duration = Duration::from_secs(5);
const BACKLOG: u32 = 1024;

/// A port that is bound but not listened on yet: a service that cannot start should not look as
/// if it had.
#[derive(Debug)]
pub struct Port {
    socket: TcpSocket,
    service: &'static str,
    address: SocketAddr,
}

impl Port {
    /// Binds the configured port.
    ///
    /// # Errors
    /// When another process has it, or it cannot be had at all.
    pub fn take(config: &Config) -> Result<Self, ServeError> {
        let asked = SocketAddr::new(config.host, config.port);
        let refused = |source| refused(config.service, asked, source);
        let socket = if asked.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }
            .map_err(refused)?;
        socket.set_reuseaddr(true).map_err(refused)?;
        socket.bind(asked).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self { socket, service: config.service, address })
    }

    /// The bound address, with the actual port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn listen(self) -> Result<TcpListener, ServeError> {
        let (service, address) = (self.service, self.address);
        self.socket.listen(BACKLOG).map_err(|source| refused(service, address, source))
    }
}

fn refused(service: &'static str, address: SocketAddr, source: std::io::Error) -> ServeError {
    let (service, address) = (service.to_owned(), address.to_string());
    match source.kind() {
        std::io::ErrorKind::AddrInUse => ServeError::PortInUse { service, address },
        _ => ServeError::Bind { service, address, source },
    }
}

/// A service that is built and ready to run.
pub struct Service {
    /// The name of the service.
    pub name: &'static str,
    /// How long to serve on after readiness has turned 503.
    pub grace: Duration,
    /// The state that the probes report.
    pub health: Health,
    /// All routes, with what surrounds them.
    pub router: Router,
    /// The background parts, stopped one after the other in this order.
    pub background: Vec<Background>,
}

impl Service {
    /// Listens on `port`, prints that to standard output, and runs until `shutdown`.
    ///
    /// # Errors
    /// When the listener fails, or a second signal cuts the clean end short.
    pub async fn run(self, port: Port, mut shutdown: Shutdown) -> Result<(), ServeError> {
        let mut at_once = shutdown.clone();
        tokio::select! {
            outcome = self.run_to_the_end(port, &mut shutdown) => outcome,
            () = at_once.insisted() => Err(ServeError::Interrupted),
        }
    }

    async fn run_to_the_end(self, port: Port, shutdown: &mut Shutdown) -> Result<(), ServeError> {
        let address = port.address();
        let listener = port.listen()?;
        let running: Vec<_> =
            self.background.into_iter().map(|part| part.start(&self.health)).collect();
        announce(self.name, address);
        serve(listener, self.router, &self.health, self.grace, shutdown).await;
        for part in running {
            part.finish(FINISH).await;
        }
        tracing::info!(service = self.name, "stopped");
        Ok(())
    }
}

/// A closed standard output is no reason to stop.
fn announce(name: &str, address: SocketAddr) {
    let mut out = std::io::stdout();
    drop(writeln!(out, "{name} ready on http://{address}"));
    drop(out.flush());
}

async fn serve(
    listener: TcpListener,
    router: Router,
    health: &Health,
    grace: Duration,
    shutdown: &mut Shutdown,
) {
    let connections = GracefulShutdown::new();
    let leave = async {
        shutdown.requested().await;
        tracing::info!("stopping");
        health.stop_being_ready();
        sleep(grace).await;
    };
    tokio::select! {
        () = connections::accept(&listener, &router, &connections, connections::most()) => {}
        () = leave => {}
    }
    drop(listener);
    if timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still open after {} s; they are cut", DRAIN.as_secs());
    }
}

#[cfg(test)]
mod tests;
