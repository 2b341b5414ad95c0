//! The port over which an edge proxy is controlled. The newest connection replaces the one before.
//!
//! Anybody who reaches the port may connect, so everything before the token is bounded: how many
//! connections there are, for how long, and how much each may say.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt;
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tracing::Instrument;

use crate::control_lines::ControlLines;
use crate::control_protocol::{CONTROL_VERSION, ControlReply, ControlRequest, LONGEST_LINE};
use crate::control_session::ControlSession;
use crate::edge_proxy::EdgeProxy;

/// How long a new connection may take to authenticate itself.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// The longest line that is read from a connection that is not authenticated, in bytes.
const LONGEST_HELLO: usize = 1024;

/// How many connections may authenticate themselves at once. With one more, the oldest is closed:
/// were the new ones refused, silent ones could keep a controller out.
const MOST_AUTHENTICATING: usize = 64;

/// After how long a silence a controller is asked whether it is still there; half as long passes
/// until it is asked again.
const SILENCE: Duration = Duration::from_secs(10);

/// How many of these questions may stay without an answer.
const MISSED: u32 = 4;

/// How long to wait before accepting is tried again when the operating system has run out of
/// something, for example of file descriptors.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Serves the control port of an edge proxy. It ends when it is dropped.
#[derive(Debug)]
pub struct ControlServer {
    port: u16,
    task: JoinHandle<()>,
}

impl ControlServer {
    /// Listens on this port of every address; 0 stands for any free one. A connection that does
    /// not begin with the token is closed.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(port: u16, token: &str, edge_proxy: Arc<EdgeProxy>) -> io::Result<Self> {
        let listener =
            match TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).await {
                // A node without IPv6 has no such address.
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    TcpListener::bind(("0.0.0.0", port)).await?
                }
                listener => listener?,
            };
        let port = listener.local_addr()?.port();
        let serving = listen(listener, token.into(), edge_proxy).in_current_span();
        Ok(Self { port, task: tokio::spawn(serving) })
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, token: Arc<str>, edge_proxy: Arc<EdgeProxy>) {
    let (authenticated, mut ready) = mpsc::channel(1);
    let mut newcomers = Newcomers::default();
    let mut session = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    if let Err(error) = notice_death(&stream) {
                        tracing::warn!(%error, "a controller that dies may not be noticed");
                    }
                    newcomers.add(authenticate(stream, Arc::clone(&token), authenticated.clone()));
                }
                Err(_) => tokio::time::sleep(RETRY_AFTER).await,
            },
            Some(connection) = ready.recv() => {
                // The session before must have undone its faults before this one injects any.
                session.shutdown().await;
                session.spawn(serve(connection, Arc::clone(&edge_proxy)).in_current_span());
            },
            _ = newcomers.tasks.join_next(), if !newcomers.tasks.is_empty() => {}
        }
    }
}

/// Ends a connection of which the other end has vanished without a word, as a machine does that
/// loses its power or its network: what it has set would stay otherwise.
fn notice_death(stream: &TcpStream) -> rustix::io::Result<()> {
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, SILENCE)?;
    sockopt::set_tcp_keepintvl(stream, SILENCE / 2)?;
    sockopt::set_tcp_keepcnt(stream, MISSED)?;
    // The same for a reply that is never acknowledged: meanwhile nothing else is sent.
    let user_timeout = SILENCE + MISSED * SILENCE / 2;
    sockopt::set_tcp_user_timeout(
        stream,
        u32::try_from(user_timeout.as_millis()).unwrap_or(u32::MAX),
    )
}

/// Connections that are not authenticated yet, the oldest first.
#[derive(Default)]
struct Newcomers {
    tasks: JoinSet<()>,
    by_age: VecDeque<AbortHandle>,
}

impl Newcomers {
    fn add(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.by_age.retain(|one| !one.is_finished());
        if self.by_age.len() >= MOST_AUTHENTICATING
            && let Some(oldest) = self.by_age.pop_front()
        {
            oldest.abort();
        }
        self.by_age.push_back(self.tasks.spawn(task));
    }
}

async fn authenticate(
    stream: TcpStream,
    token: Arc<str>,
    authenticated: mpsc::Sender<ControlLines>,
) {
    let mut connection = ControlLines::new(stream);
    let said = tokio::time::timeout(HELLO_WITHIN, hello(&mut connection, &token)).await;
    if let Ok(Ok(true)) = said {
        let _ = authenticated.send(connection).await;
    }
}

/// Whether a connection has begun as it must. One that has not is told why.
async fn hello(connection: &mut ControlLines, token: &str) -> io::Result<bool> {
    let Some(line) = connection.read(LONGEST_HELLO).await? else { return Ok(false) };
    let why = match serde_json::from_slice(&line) {
        Ok(ControlRequest::Hello { token: theirs, version }) => {
            // How long the comparison takes tells nothing of the token.
            if !bool::from(theirs.as_bytes().ct_eq(token.as_bytes())) {
                tracing::warn!("a control connection with a wrong token was closed");
                "that is not the token".to_owned()
            } else if version == CONTROL_VERSION {
                return Ok(true);
            } else {
                format!(
                    "the edge proxy's image speaks version {CONTROL_VERSION} of the control \
                     protocol, and its controller version {version}: use an image and a program \
                     of the same version"
                )
            }
        }
        _ => "a connection begins with `hello`".to_owned(),
    };
    connection.write(&ControlReply::Refused { why }).await?;
    Ok(false)
}

async fn serve(mut connection: ControlLines, edge_proxy: Arc<EdgeProxy>) {
    let mut session = ControlSession::new(edge_proxy);
    let welcome = ControlReply::Welcome { version: CONTROL_VERSION };
    if connection.write(&welcome).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = connection.read(LONGEST_LINE).await {
        let answer = match serde_json::from_slice(&line) {
            Ok(request) => session.handle(request),
            Err(error) => ControlReply::Refused { why: error.to_string() },
        };
        if connection.write(&answer).await.is_err() {
            return;
        }
    }
}
