//! Accepts connections: it listens while there is an endpoint.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

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
            () = accept(&listeners, &routing, closing) => {}
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

async fn accept(listeners: &[TcpListener], routing: &Arc<Routing>, closing: watch::Receiver<()>) {
    loop {
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
                drop(tokio::spawn(serve(route, stream, closing.clone())));
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
