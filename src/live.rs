//! The page that shows a run while it happens: `brunt run --serve`.
//!
//! The runner records what happens in a [`PageState`] and never waits for a browser. A thread of
//! its own renders and sends pages while a browser is connected. Each message is the whole page, so
//! a slow browser skips some of them and no queue grows.

mod event_stream;
mod response;
mod server;
mod state;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use brunt_reports::Report;
use tokio::sync::watch;

use crate::console::errln;
use state::PageState;

/// Address of the page for `--serve` without a value.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:7357";

/// The page that is being served. Cheap to clone; all clones change the same page.
#[derive(Clone)]
pub struct LivePage {
    state: Arc<Mutex<PageState>>,
    changed: Arc<watch::Sender<()>>,
}

/// The server's thread. Dropping this waits until the last message is sent, for a second at most.
pub struct LiveServer {
    live: LivePage,
    thread: Option<JoinHandle<()>>,
}

impl LiveServer {
    /// Starts to listen, and prints the page's URL.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start(address: SocketAddr) -> Result<Self> {
        let listener = match TcpListener::bind(address) {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
                "cannot serve the live page: {address} is in use; choose another with \
                 --serve=ADDRESS:PORT, or port 0 for a free one"
            ),
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot serve the live page on {address}"));
            }
        };
        listener.set_nonblocking(true).context("cannot serve the live page")?;
        let at = listener.local_addr().context("cannot serve the live page")?;
        errln!("live page: http://{at}/");
        let (changed, news) = watch::channel(());
        let live = LivePage { state: Arc::default(), changed: Arc::new(changed) };
        let state = Arc::clone(&live.state);
        let thread = std::thread::Builder::new().name("live-page".to_owned());
        let thread = thread.spawn(move || server::serve(listener, &state, news));
        Ok(Self { live, thread: Some(thread.context("cannot serve the live page")?) })
    }

    /// The page, for the runs that it shows.
    pub fn live(&self) -> LivePage {
        self.live.clone()
    }
}

impl Drop for LiveServer {
    // Sends the last message; the server gives slow browsers a second for it.
    fn drop(&mut self) {
        self.live.update(|state| state.last = true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl LivePage {
    /// Changes what the page shows.
    pub fn update(&self, change: impl FnOnce(&mut PageState)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.version += 1;
        drop(state);
        self.changed.send_replace(());
    }

    /// Replaces the run in progress with its report.
    pub fn report(&self, report: &Report) {
        // Rendered here, as a whole report would be large to keep. A page that cannot be rendered
        // is left out: the run is worth more.
        let page = brunt_reports::main_part(report).ok();
        self.update(|state| state.done(report.verdict.outcome, page));
    }
}
