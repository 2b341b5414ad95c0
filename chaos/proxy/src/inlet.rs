//! Where connections come in: it listens while there is an endpoint.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::endpoints::Watch;
use crate::gate::Gate;
use crate::serve::serve;
use crate::ways::{Route, Ways};

/// How long to wait before listening or accepting is tried again when the system has run
/// out of something.
const BREATH: Duration = Duration::from_millis(20);

/// Takes connections in until it is dropped; says over `tell` whether it does at this moment.
pub(crate) async fn run(gate: Gate, ways: Arc<Ways>, tell: watch::Sender<bool>) {
    let mut endpoints = ways.endpoints().watch();
    while endpoints.some().await.is_some() {
        let Ok(listeners) = gate.open() else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        tell.send_replace(true);
        // Dropping one end of this tells every connection that the gate closes.
        let (_open, closing) = watch::channel(());
        tokio::select! {
            () = accept(&listeners, &ways, closing) => {}
            () = until_none(&ways, &mut endpoints) => {}
        }
        drop(listeners);
        tell.send_replace(false);
    }
}

/// Waits until there is no endpoint, and meanwhile closes idle connections to those that have left.
async fn until_none(ways: &Ways, endpoints: &mut Watch) {
    loop {
        let now = endpoints.now();
        ways.keep_only(&now);
        if now.is_empty() || endpoints.change().await.is_none() {
            return;
        }
    }
}

async fn accept(listeners: &[TcpListener], ways: &Arc<Ways>, closing: watch::Receiver<()>) {
    loop {
        match next(listeners).await {
            Ok((stream, peer)) => {
                let route = Route::new(Arc::clone(ways), peer);
                drop(tokio::spawn(serve(route, stream, closing.clone())));
            }
            // The caller has gone, or no file descriptor is left; neither ends the proxy.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn next(listeners: &[TcpListener]) -> std::io::Result<(TcpStream, IpAddr)> {
    poll_fn(|cx| {
        for listener in listeners {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                // Where one socket listens for both, the old addresses come dressed as new ones.
                return Poll::Ready(
                    accepted.map(|(stream, peer)| (stream, peer.ip().to_canonical())),
                );
            }
        }
        Poll::Pending
    })
    .await
}
