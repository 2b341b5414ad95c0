//! The port over which an edge proxy is controlled. The newest connection replaces the one before;
//! when it ends, the edge proxy is as it was at the start, so that no fault outlives the controller
//! that injected it.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::EdgeFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tracing::Instrument;

use crate::control_protocol::{ControlReply, ControlRequest, TrafficCounts};
use crate::edge_proxy::EdgeProxy;
use crate::endpoints::EndpointAddress;
use crate::faults::FaultId;

/// How long a new connection may take to authenticate itself.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

type RequestLines = Lines<BufStream<TcpStream>>;

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
        let serving = listen(listener, token.to_owned(), edge_proxy).in_current_span();
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

async fn listen(listener: TcpListener, token: String, edge_proxy: Arc<EdgeProxy>) {
    let (authenticated, mut ready) = mpsc::channel(1);
    let mut authenticating = JoinSet::new();
    let mut session = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                authenticating.spawn(authenticate(stream, token.clone(), authenticated.clone()));
            },
            Some(connection) = ready.recv() => {
                // The session before must have undone its faults before this one injects any.
                session.shutdown().await;
                session.spawn(serve(connection, Arc::clone(&edge_proxy)).in_current_span());
            },
            _ = authenticating.join_next(), if !authenticating.is_empty() => {}
        }
    }
}

async fn authenticate(stream: TcpStream, token: String, authenticated: mpsc::Sender<RequestLines>) {
    let _ = stream.set_nodelay(true);
    let mut connection = BufStream::new(stream).lines();
    let first = tokio::time::timeout(HELLO_WITHIN, connection.next_line()).await;
    let Ok(Ok(Some(line))) = first else { return };
    if serde_json::from_str(&line).ok() == Some(ControlRequest::Hello { token }) {
        let _ = authenticated.send(connection).await;
    } else {
        tracing::warn!("a control connection with a wrong token was closed");
        let why = "that is not the token".to_owned();
        let _ = reply(&mut connection, &ControlReply::Refused { why }).await;
    }
}

async fn serve(mut connection: RequestLines, edge_proxy: Arc<EdgeProxy>) {
    let mut session = ControlSession { edge_proxy, injected: vec![] };
    if reply(&mut connection, &ControlReply::Done).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = connection.next_line().await {
        let answer = match serde_json::from_str(&line) {
            Ok(request) => session.handle(request),
            Err(error) => ControlReply::Refused { why: error.to_string() },
        };
        if reply(&mut connection, &answer).await.is_err() {
            return;
        }
    }
}

async fn reply(connection: &mut RequestLines, reply: &ControlReply) -> io::Result<()> {
    let line = serde_json::to_string(reply)? + "\n";
    let stream = connection.get_mut();
    stream.write_all(line.as_bytes()).await?;
    stream.flush().await
}

/// One authenticated connection, and the faults that end with it.
struct ControlSession {
    edge_proxy: Arc<EdgeProxy>,
    injected: Vec<(Option<String>, FaultId)>,
}

impl ControlSession {
    fn handle(&mut self, request: ControlRequest) -> ControlReply {
        match request {
            ControlRequest::Hello { .. } => ControlReply::Done,
            ControlRequest::SetRouting { callers, endpoints } => {
                self.edge_proxy.set_callers(callers);
                let endpoints: Vec<EndpointAddress> =
                    endpoints.iter().map(|one| EndpointAddress::at(one)).collect();
                self.edge_proxy.set_endpoints(&endpoints);
                ControlReply::Done
            }
            ControlRequest::Inject { from, fault } => match EdgeFault::try_from(fault) {
                Ok(fault) => {
                    let id = self.edge_proxy.inject(from.as_deref(), fault);
                    self.injected.push((from, id));
                    ControlReply::Injected { id: id.0 }
                }
                Err(error) => ControlReply::Refused { why: error.to_string() },
            },
            ControlRequest::Recover { from, id } => {
                let fault = (from, FaultId(id));
                self.injected.retain(|injected| *injected != fault);
                let hits = self.edge_proxy.recover(fault.0.as_deref(), fault.1);
                ControlReply::Recovered { hits }
            }
            ControlRequest::Count => ControlReply::Counted(TrafficCounts {
                edges: self.edge_proxy.records(),
                requests_by_address: self.edge_proxy.requests_by_address(),
                connections: self.edge_proxy.connections(),
            }),
            ControlRequest::DrainConnections => {
                self.edge_proxy.drain_connections();
                ControlReply::Done
            }
        }
    }
}

impl Drop for ControlSession {
    fn drop(&mut self) {
        for (from, id) in &self.injected {
            self.edge_proxy.recover(from.as_deref(), *id);
        }
        self.edge_proxy.reset_endpoints();
    }
}
