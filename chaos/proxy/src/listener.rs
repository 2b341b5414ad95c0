//! Accepts connections: it listens while there is an endpoint.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::task::Poll;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::endpoints::EndpointsWatch;
use crate::port::ReservedPort;
use crate::routing::{ConnectionRoute, Routing};
use crate::serve::serve;

/// How long to wait before listening or accepting is tried again when the operating system has run
/// out of something, for example of file descriptors.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// Accepts connections until it is dropped; `accepting` is true while it does.
pub(crate) async fn run(port: ReservedPort, routing: Arc<Routing>, accepting: watch::Sender<bool>) {
    let mut endpoints = routing.endpoints().watch();
    while endpoints.some().await.is_some() {
        let Ok(listeners) = port.listen() else {
            tokio::time::sleep(RETRY_AFTER).await;
            continue;
        };
        accepting.send_replace(true);
        // Dropping one end of this tells every connection that the port closes.
        let (_open, closing) = watch::channel(());
        tokio::select! {
            () = accept(&listeners, &PLACES, &routing, closing) => {}
            () = until_none(&routing, &mut endpoints) => {}
        }
        drop(listeners);
        accepting.send_replace(false);
    }
}

/// Waits until there is no endpoint, and meanwhile closes idle connections to those that are gone.
async fn until_none(routing: &Routing, endpoints: &mut EndpointsWatch) {
    loop {
        let now = endpoints.now();
        routing.close_idle_except(&now);
        if now.is_empty() || endpoints.change().await.is_none() {
            return;
        }
    }
}

/// The most connections of callers that are open at once in this process, on all ports together.
const MOST_CONNECTIONS: u64 = 10_000;

/// A place for each connection. Each takes two descriptors, one on each side: were all of them
/// taken by callers, nothing would be left to reach a callee.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = (descriptors / 2).min(MOST_CONNECTIONS);
    Arc::new(Semaphore::new(usize::try_from(most).unwrap_or_default()))
});

/// Accepts while there are places; further connections wait in the operating system's queue.
async fn accept(
    listeners: &[TcpListener],
    places: &Arc<Semaphore>,
    routing: &Arc<Routing>,
    closing: watch::Receiver<()>,
) {
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(places).acquire_owned().await else { return };
        match next(listeners).await {
            Ok((stream, peer)) => {
                let route = ConnectionRoute::new(Arc::clone(routing), peer);
                if route.refuse_connection() {
                    // Not by closing the port: connections that the kernel refuses cannot be
                    // counted, and a fault without known hits proves nothing. Besides, other
                    // callers may use the same port.
                    let _ = stream.set_zero_linger();
                    continue;
                }
                let serving = serve(route, stream, closing.clone());
                drop(tokio::spawn(async move {
                    serving.await;
                    drop(place);
                }));
            }
            // The caller has gone, or no file descriptor is left; neither ends the proxy.
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
}

async fn next(listeners: &[TcpListener]) -> std::io::Result<(TcpStream, IpAddr)> {
    poll_fn(|cx| {
        for listener in listeners {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                // Where one socket listens for both, IPv4 addresses come mapped into IPv6.
                return Poll::Ready(
                    accepted.map(|(stream, peer)| (stream, peer.ip().to_canonical())),
                );
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::timeout;

    use super::*;
    use crate::edge::Edge;
    use crate::endpoints::{EndpointAddress, Endpoints};

    /// The longest that anything here may take.
    const BOUND: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn a_connection_without_a_place_waits_until_another_has_ended() {
        let callee = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = EndpointAddress::local(callee.local_addr().unwrap().port());
        let edge = Edge::new(None, "stock", Endpoints::of(endpoint));
        let routing = Arc::new(Routing::Single(Arc::new(edge)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let places = Arc::new(Semaphore::new(2));
        let (_open, closing) = watch::channel(());
        let held = Arc::clone(&places);
        tokio::spawn(async move { accept(&[listener], &held, &routing, closing).await });
        let connect = async || {
            let mut caller = TcpStream::connect(address).await.unwrap();
            // No HTTP, so it passes as bytes at once.
            caller.write_all(b"hello\n").await.unwrap();
            caller
        };
        let (first, _second, mut third) = (connect().await, connect().await, connect().await);
        let accept = async || timeout(BOUND, callee.accept()).await.unwrap().unwrap().0;
        let callee_ends = (accept().await, accept().await);
        assert_eq!(places.available_permits(), 0);
        // It has ended once both sides have closed.
        drop((first, callee_ends));
        let mut reached = accept().await;
        reached.write_all(b"you").await.unwrap();
        let mut heard = [0; 3];
        timeout(BOUND, third.read_exact(&mut heard)).await.unwrap().unwrap();
        assert_eq!(&heard, b"you");
    }
}
