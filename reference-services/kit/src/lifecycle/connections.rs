//! A service's connections: accepted, bounded in time, and ended in order.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tower::ServiceExt;

/// How long a client may take to send the head of a request, from the connection or from the
/// previous reply on. So it is also how long an unused connection is kept.
const HEAD: Duration = Duration::from_secs(30);
/// The pause when no connection can be accepted, as with no descriptors left: others
/// must end first.
const PAUSE: Duration = Duration::from_millis(100);

/// The most connections at once, however many descriptors there are: bounds their memory.
const MOST: usize = 10_000;
/// The descriptors that stay free for files, the event log, and calls to other services.
const RESERVED: usize = 256;

/// How many connections may be open at once.
pub(super) fn most() -> usize {
    let descriptors = getrlimit(Resource::Nofile).current;
    let descriptors = descriptors.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    // A process with very few descriptors serves somebody, at least.
    descriptors.saturating_sub(RESERVED).clamp(RESERVED / 4, MOST)
}

/// Accepts connections for as long as it is polled, up to `most` at once: those beyond wait in the
/// operating system's queue until another one has ended.
pub(super) async fn accept(
    listener: &TcpListener,
    router: &Router,
    connections: &GracefulShutdown,
    most: usize,
) {
    let places = Arc::new(Semaphore::new(most));
    loop {
        if places.available_permits() == 0 {
            tracing::warn!(most, "no more connections are accepted until another one has ended");
        }
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, client)) => {
                let connection = Connection { stream, client, router: router.clone() };
                let serving = connection.serve(connections.watcher());
                tokio::spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted; trying again");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Whether a client has closed a connection before it was accepted.
fn is_the_clients(error: &Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Connection {
    stream: TcpStream,
    client: SocketAddr,
    router: Router,
}

impl Connection {
    /// Serves requests until either side ends it, or the client is too slow.
    async fn serve(self, watcher: Watcher) {
        let Self { stream, client, router } = self;
        // Replies are small and single: Nagle's algorithm would hold each back.
        drop(stream.set_nodelay(true));
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = Arc::clone(&has_asked);
        let service = ServiceExt::<Request>::map_request(router, move |request| {
            asks.store(true, Ordering::Relaxed);
            known(request, client)
        });
        let builder = builder();
        let connection =
            builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let mut connection = pin!(watcher.watch(connection));
        tokio::select! {
            outcome = &mut connection => {
                if let Err(error) = outcome {
                    tracing::debug!(error, %client, "a connection has failed");
                }
            }
            () = too_late(&has_asked) => {
                tracing::debug!(%client, "a connection without a request is closed");
            }
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD).keep_alive_timeout(HEAD);
    builder
}

/// Waits until the first head is late. The deadlines of the protocols begin only when it is known
/// which of them the client speaks.
async fn too_late(has_asked: &AtomicBool) {
    sleep(HEAD).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// A request with the address that it came from.
fn known(request: http::Request<Incoming>, client: SocketAddr) -> Request {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(client));
    request
}
