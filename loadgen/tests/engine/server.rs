//! A server that behaves or misbehaves as it is told.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::wires::Wire;

/// What to do with a request.
#[derive(Clone)]
pub enum Act {
    /// Answer with these bytes.
    Send(Vec<u8>),
    /// Answer, then close without having said so.
    SendAndClose(Vec<u8>),
    /// Answer a byte at a time.
    Trickle(Vec<u8>),
    /// Answer at that moment, if it still lies ahead.
    SendAt(Instant, Vec<u8>),
    /// Close without an answer.
    Close,
    /// Reset the connection, maybe after some bytes.
    Reset(Vec<u8>),
    /// Never answer.
    Hold,
    /// Begin to answer, and never go on.
    SendAndHold(Vec<u8>),
    /// Send the first once, then the second again and again, until the client has gone.
    Endless(Vec<u8>, Vec<u8>),
    /// Send this past TLS, then close.
    Beneath(Vec<u8>),
}

/// A server on a port of its own. Its threads end with their connections.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl Server {
    /// Asks what to do for each request, numbered from 0 over all connections.
    pub fn start(act: impl Fn(u64) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        Self::over(address, move || Some(listener.accept().ok()?.0).inspect(no_delay), act)
    }

    /// One that does this with each connection.
    pub fn start_raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, serve) = (Arc::new(AtomicU64::new(0)), Arc::new(serve));
        let opened = Arc::clone(&connections);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok).inspect(no_delay) {
                opened.fetch_add(1, Ordering::Relaxed);
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream));
            }
        });
        Self { address, requests: Arc::default(), connections }
    }

    /// The same over TLS.
    pub fn start_tls(
        config: Arc<ServerConfig>,
        act: impl Fn(u64) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accept = move || {
            let tcp = Some(listener.accept().ok()?.0).inspect(no_delay)?;
            Some(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), tcp))
        };
        Self::over(address, accept, act)
    }

    /// The same on a unix socket; its address is of no use.
    pub fn start_unix(path: &Path, act: impl Fn(u64) -> Act + Send + Sync + 'static) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        Self::over(([127, 0, 0, 1], 1).into(), move || Some(listener.accept().ok()?.0), act)
    }

    fn over<W: Wire + Send + 'static>(
        address: SocketAddr,
        accept: impl Fn() -> Option<W> + Send + 'static,
        act: impl Fn(u64) -> Act + Send + Sync + 'static,
    ) -> Self {
        let (requests, connections) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (counted, opened, act) =
            (Arc::clone(&requests), Arc::clone(&connections), Arc::new(act));
        std::thread::spawn(move || {
            while let Some(stream) = accept() {
                opened.fetch_add(1, Ordering::Relaxed);
                let (counted, act) = (Arc::clone(&counted), Arc::clone(&act));
                std::thread::spawn(move || serve(stream, &counted, act.as_ref()));
            }
        });
        Self { address, requests, connections }
    }

    /// One that always answers 200.
    pub fn well() -> Self {
        Self::start(|_| Act::Send(ok("hello")))
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// A reply with a body.
pub fn reply(status: u16, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A good reply.
pub fn ok(body: &str) -> Vec<u8> {
    reply(200, body)
}

fn no_delay(stream: &TcpStream) {
    stream.set_nodelay(true).unwrap();
}

fn serve(mut stream: impl Wire, requests: &AtomicU64, act: &(dyn Fn(u64) -> Act + Send + Sync)) {
    while read_request(&mut stream).is_some() {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        let stays = match act(number) {
            Act::Send(bytes) => stream.write_all(&bytes).is_ok(),
            Act::SendAndClose(bytes) => {
                let _ = stream.write_all(&bytes);
                false
            }
            Act::Trickle(bytes) => bytes.iter().all(|byte| stream.write_all(&[*byte]).is_ok()),
            Act::SendAt(when, bytes) => {
                std::thread::park_timeout(when.saturating_duration_since(Instant::now()));
                stream.write_all(&bytes).is_ok()
            }
            Act::Close => false,
            Act::Reset(bytes) => {
                let _ = stream.write_all(&bytes);
                stream.will_reset();
                false
            }
            // Nothing more comes until the client gives up.
            Act::Hold => stream.read(&mut [0; 1]).is_ok_and(|length| length > 0),
            Act::SendAndHold(bytes) => {
                stream.write_all(&bytes).is_ok()
                    && stream.read(&mut [0; 1]).is_ok_and(|length| length > 0)
            }
            Act::Endless(first, again) => {
                let _ = stream.write_all(&first);
                while stream.write_all(&again).is_ok() {}
                false
            }
            Act::Beneath(bytes) => {
                let _ = stream.write_beneath(&bytes);
                false
            }
        };
        if !stays {
            break;
        }
    }
}

/// Reads a head and its body; `None` at the end of the connection.
fn read_request(stream: &mut impl Wire) -> Option<()> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return Some(());
            }
        }
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&buffer[..length]);
    }
}
