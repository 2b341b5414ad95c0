//! The server's thread: pages are made while somebody looks, and sent as each browser takes them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::answer;
use super::events::Messages;
use super::scene::Scene;
use crate::console::errln;

/// Between two messages.
const PAUSE: Duration = Duration::from_millis(400);

/// How long browsers are given to take the last one.
const GRACE: Duration = Duration::from_secs(1);

/// More than any group of people opens, and less than a process may.
const CONNECTIONS: usize = 64;

/// How long a request may take to arrive.
const HEAD: Duration = Duration::from_secs(5);

/// Serves until the last message is sent.
pub fn serve(
    listener: std::net::TcpListener,
    scene: &Arc<Mutex<Scene>>,
    news: watch::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime.inspect_err(|error| errln!("the live page is not served: {error}"))
    else {
        return;
    };
    runtime.block_on(async {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let messages = Messages::new();
        let mut connections = JoinSet::new();
        tokio::select! {
            () = make(scene, news, &messages) => {}
            () = accept(&listener, scene, &messages, &mut connections) => {}
        }
        let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    });
}

/// Makes a message after a change, not too often, and only for somebody who looks; returns after
/// the last one.
async fn make(scene: &Mutex<Scene>, mut news: watch::Receiver<()>, messages: &Messages) {
    while news.changed().await.is_ok() {
        news.borrow_and_update();
        let last = send(scene, messages);
        if last {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Makes a message and hands it out; says whether it is the last.
fn send(scene: &Mutex<Scene>, messages: &Messages) -> bool {
    let view = {
        let scene = scene.lock().unwrap_or_else(PoisonError::into_inner);
        if !messages.somebody_listens() {
            return scene.last;
        }
        scene.view()
    };
    messages.send(&view);
    view.last
}

async fn accept(
    listener: &TcpListener,
    scene: &Arc<Mutex<Scene>>,
    messages: &Messages,
    connections: &mut JoinSet<()>,
) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&free).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: they come back.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (scene, messages) = (Arc::clone(scene), messages.clone());
        connections.spawn(async move {
            talk(stream, &scene, &messages).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn talk(stream: TcpStream, scene: &Mutex<Scene>, messages: &Messages) {
    let here: Option<SocketAddr> = stream.local_addr().ok();
    let service = service_fn(|request| {
        let answer = answer::to(&request, here, scene, messages);
        async move { Ok::<_, std::convert::Infallible>(answer) }
    });
    // A browser that goes away is no trouble of ours.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
