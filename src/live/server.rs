//! The server's thread, which renders and sends pages while a browser is connected.

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

use super::event_stream::PageMessages;
use super::response;
use super::state::PageState;
use crate::console::errln;

// Time between two messages. Rendering takes processor time that the load generator needs.
const PAUSE: Duration = Duration::from_millis(400);

/// How long browsers have to read the last message.
const LAST_MESSAGE_TIMEOUT: Duration = Duration::from_secs(1);

// Most open connections: more than any group of people opens, and far below a process's limit
// of file descriptors.
const CONNECTIONS: usize = 64;

/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until the last message is sent.
pub fn serve(
    listener: std::net::TcpListener,
    state: &Arc<Mutex<PageState>>,
    changes: watch::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime.inspect_err(|error| errln!("the live page is not served: {error}"))
    else {
        return;
    };
    runtime.block_on(async {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        let messages = PageMessages::new();
        let mut connections = JoinSet::new();
        tokio::select! {
            () = render_changes(state, changes, &messages) => {}
            () = accept(&listener, state, &messages, &mut connections) => {}
        }
        let _ = timeout(LAST_MESSAGE_TIMEOUT, async {
            while connections.join_next().await.is_some() {}
        })
        .await;
    });
}

/// Sends a message after each change, with a pause in between, if any browser is connected; returns
/// after the last one.
async fn render_changes(
    state: &Mutex<PageState>,
    mut changes: watch::Receiver<()>,
    messages: &PageMessages,
) {
    while changes.changed().await.is_ok() {
        changes.borrow_and_update();
        let last = send(state, messages);
        if last {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends the page as it is now; returns whether it was the last message.
fn send(state: &Mutex<PageState>, messages: &PageMessages) -> bool {
    let view = {
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if !messages.has_listeners() {
            return state.last;
        }
        state.view()
    };
    messages.send(&view);
    view.last
}

async fn accept(
    listener: &TcpListener,
    state: &Arc<Mutex<PageState>>,
    messages: &PageMessages,
    connections: &mut JoinSet<()>,
) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&free).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely out of file descriptors, which become free again.
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (state, messages) = (Arc::clone(state), messages.clone());
        connections.spawn(async move {
            serve_connection(stream, &state, &messages).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_connection(stream: TcpStream, state: &Mutex<PageState>, messages: &PageMessages) {
    let here: Option<SocketAddr> = stream.local_addr().ok();
    let service = service_fn(|request| {
        let answer = response::to(&request, here, state, messages);
        async move { Ok::<_, std::convert::Infallible>(answer) }
    });
    // A browser that disconnects is no error.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
