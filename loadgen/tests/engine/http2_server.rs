//! A server of HTTP/2 that behaves or misbehaves as it is told.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use h2::Reason;
use h2::server::{Builder, Connection, SendResponse};
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// What to do with a request.
#[derive(Clone, Copy)]
pub enum Act {
    Answer(u16, &'static str),
    /// Announce more than comes.
    Short,
    /// End the stream with this error.
    Reset(Reason),
    /// Answer, and end the connection when its streams have ended.
    AnswerAndGo,
    /// Never answer.
    Hold,
}

/// A server on a port of its own, which ends with the test.
pub struct Http2 {
    pub address: SocketAddr,
    requests: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

type Deed = Arc<dyn Fn(u64) -> Act + Send + Sync>;

impl Http2 {
    /// Takes so many streams at once on a connection; over TLS if there is a configuration for it.
    pub fn start(
        streams: u32,
        tls: Option<Arc<ServerConfig>>,
        act: impl Fn(u64) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let (requests, connections) =
            (Arc::clone(&server.requests), Arc::clone(&server.connections));
        let act: Deed = Arc::new(act);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                while let Ok((tcp, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::Relaxed);
                    let (requests, act, tls) =
                        (Arc::clone(&requests), Arc::clone(&act), tls.clone());
                    tokio::spawn(async move {
                        match tls {
                            None => serve(tcp, streams, requests, act).await,
                            Some(tls) => {
                                if let Ok(tls) = TlsAcceptor::from(tls).accept(tcp).await {
                                    serve(tls, streams, requests, act).await;
                                }
                            }
                        }
                    });
                }
            });
        });
        server
    }

    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    streams: u32,
    requests: Arc<AtomicU64>,
    act: Deed,
) {
    let mut builder = Builder::new();
    builder.max_concurrent_streams(streams);
    let Ok(mut connection) = builder.handshake::<_, Bytes>(stream).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        perform(act(number), request, respond, &mut connection);
    }
}

fn perform<S>(
    act: Act,
    request: Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    connection: &mut Connection<S, Bytes>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut answer = |status: u16, body: &'static str, length: usize| {
        let head =
            Response::builder().status(status).header("content-length", length).body(()).unwrap();
        if let Ok(mut sending) = respond.send_response(head, false) {
            let _ = sending.send_data(Bytes::from_static(body.as_bytes()), true);
        }
    };
    match act {
        Act::Answer(status, body) => answer(status, body, body.len()),
        Act::Short => answer(200, "few", 9),
        Act::Reset(reason) => respond.send_reset(reason),
        Act::AnswerAndGo => {
            answer(200, "last", 4);
            connection.graceful_shutdown();
        }
        Act::Hold => {
            tokio::spawn(async move {
                // Both are kept until the stream ends.
                let (mut body, _respond) = (request.into_body(), respond);
                while body.data().await.is_some() {}
                std::future::pending::<()>().await;
            });
        }
    }
}
