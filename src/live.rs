//! The page that shows a run while it happens: `brunt run --serve`.
//!
//! Whoever carries out the run notes what happens in a [`Scene`] and never waits: pages are made
//! and sent on a thread of their own, only while somebody looks, and each message is all that is to
//! be seen, so a slow browser misses some of them and nothing piles up.

mod answer;
mod events;
mod scene;
mod server;

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use brunt_reports::Report;
use tokio::sync::watch;

use crate::console::errln;
use scene::Scene;

/// Where the page is, unless told otherwise.
pub const USUAL: &str = "127.0.0.1:7357";

/// A page that is being served. Cheap to clone; all clones show the same.
#[derive(Clone)]
pub struct Live {
    scene: Arc<Mutex<Scene>>,
    changed: Arc<watch::Sender<()>>,
}

/// The server's thread, which ends once all is sent, or soon after.
pub struct Serving {
    live: Live,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Listens, and says where.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn start(address: SocketAddr) -> Result<Self> {
        let listener = match TcpListener::bind(address) {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
                "cannot serve the live page: {address} is in use; choose another with --serve=ADDRESS:PORT, or port 0 for a free one"
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
        let live = Live { scene: Arc::default(), changed: Arc::new(changed) };
        let scene = Arc::clone(&live.scene);
        let thread = std::thread::Builder::new().name("live-page".to_owned());
        let thread = thread.spawn(move || server::serve(listener, &scene, news));
        Ok(Self { live, thread: Some(thread.context("cannot serve the live page")?) })
    }

    /// What a run is told to.
    pub fn live(&self) -> Live {
        self.live.clone()
    }
}

impl Drop for Serving {
    /// Sends what is left to send; the server gives slow browsers a moment, not more.
    fn drop(&mut self) {
        self.live.note(|scene| scene.last = true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Live {
    /// Notes something.
    pub fn note(&self, what: impl FnOnce(&mut Scene)) {
        let mut scene = self.scene.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut scene);
        scene.version += 1;
        drop(scene);
        self.changed.send_replace(());
    }

    /// The run is over, and this is what came of it.
    pub fn report(&self, report: &Report) {
        // Made here, as the report is not kept; a page that cannot be made is missed, and the run
        // is what counts.
        let page = brunt_reports::main_part(report).ok();
        self.note(|scene| scene.done(report.verdict.outcome, page));
    }
}
