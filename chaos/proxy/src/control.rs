//! How a stand-in is told what to do: over a connection, of which the newest counts. When it ends,
//! the stand-in is as it was at the start, so that no fault outlives who set it.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::plan::EdgeFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::endpoints::Endpoint;
use crate::faults::FaultId;
use crate::order::{Answer, Counted, Order};
use crate::stand_in::StandIn;

/// How long a new connection may take to say who it is.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// What is read of a connection before it has said who it is.
type Ear = Lines<BufStream<TcpStream>>;

/// The port over which a stand-in is told. It ends when it is dropped.
#[derive(Debug)]
pub struct Control {
    port: u16,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens on this port of every address; 0 stands for any free one. Whoever does not say the
    /// token first is not heard.
    ///
    /// # Errors
    /// When the port cannot be listened on.
    pub async fn start(port: u16, token: &str, stand_in: Arc<StandIn>) -> io::Result<Self> {
        let listener =
            match TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))).await {
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    TcpListener::bind(("0.0.0.0", port)).await?
                }
                listener => listener?,
            };
        let port = listener.local_addr()?.port();
        Ok(Self { port, task: tokio::spawn(listen(listener, token.to_owned(), stand_in)) })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, token: String, stand_in: Arc<StandIn>) {
    let (tell, mut known) = mpsc::channel(1);
    let mut greeting = JoinSet::new();
    let mut session = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                greeting.spawn(greet(stream, token.clone(), tell.clone()));
            },
            Some(ear) = known.recv() => {
                // The one before must have let go before this one sets anything.
                session.shutdown().await;
                session.spawn(serve(ear, Arc::clone(&stand_in)));
            },
            _ = greeting.join_next(), if !greeting.is_empty() => {}
        }
    }
}

async fn greet(stream: TcpStream, token: String, tell: mpsc::Sender<Ear>) {
    let _ = stream.set_nodelay(true);
    let mut ear = BufStream::new(stream).lines();
    let said = tokio::time::timeout(HELLO_WITHIN, ear.next_line()).await;
    let Ok(Ok(Some(line))) = said else { return };
    let hello = serde_json::from_str(&line).ok();
    if hello == Some(Order::Hello { token }) {
        let _ = tell.send(ear).await;
    } else {
        let _ = reply(&mut ear, &Answer::Refused { why: "that is not the token".to_owned() }).await;
    }
}

async fn serve(mut ear: Ear, stand_in: Arc<StandIn>) {
    let mut session = Session { stand_in, set: vec![] };
    if reply(&mut ear, &Answer::Done).await.is_err() {
        return;
    }
    while let Ok(Some(line)) = ear.next_line().await {
        let answer = match serde_json::from_str(&line) {
            Ok(order) => session.obey(order),
            Err(error) => Answer::Refused { why: error.to_string() },
        };
        if reply(&mut ear, &answer).await.is_err() {
            return;
        }
    }
}

async fn reply(ear: &mut Ear, answer: &Answer) -> io::Result<()> {
    let line = serde_json::to_string(answer)? + "\n";
    let stream = ear.get_mut();
    stream.write_all(line.as_bytes()).await?;
    stream.flush().await
}

/// What one connection has set.
struct Session {
    stand_in: Arc<StandIn>,
    set: Vec<(Option<String>, FaultId)>,
}

impl Session {
    fn obey(&mut self, order: Order) -> Answer {
        match order {
            Order::Hello { .. } => Answer::Done,
            Order::Know { callers, endpoints } => {
                self.stand_in.know(callers);
                let endpoints: Vec<Endpoint> =
                    endpoints.iter().map(|one| Endpoint::at(one)).collect();
                self.stand_in.lead_to(&endpoints);
                Answer::Done
            }
            Order::Set { from, fault } => match EdgeFault::try_from(fault) {
                Ok(fault) => {
                    let id = self.stand_in.set(from.as_deref(), fault);
                    self.set.push((from, id));
                    Answer::Set { id: id.0 }
                }
                Err(why) => Answer::Refused { why },
            },
            Order::Lift { from, id } => {
                self.set.retain(|set| *set != (from.clone(), FaultId(id)));
                Answer::Lifted { hits: self.stand_in.lift(from.as_deref(), FaultId(id)) }
            }
            Order::Count => Answer::Counted(Counted {
                edges: self.stand_in.records(),
                asked: self.stand_in.asked(),
                connections: self.stand_in.connections(),
            }),
            Order::WindDown => {
                self.stand_in.wind_down();
                Answer::Done
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for (from, id) in &self.set {
            self.stand_in.lift(from.as_deref(), *id);
        }
        self.stand_in.fall_back();
    }
}
