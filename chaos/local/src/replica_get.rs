//! One GET on a fresh connection, directly to a replica.

use std::io;
use std::time::Duration;

use brunt_scenarios::system::{HttpGet, ProbeScheme};
use bytes::Bytes;
use http::Request;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::unverified_tls;

/// Why there was no reply.
#[derive(Debug, Error)]
pub(crate) enum ReplicaGetError {
    #[error("no connection")]
    Connect(#[from] io::Error),
    #[error("no answer")]
    Http(#[from] hyper::Error),
    #[error("the request cannot be sent")]
    Request(#[from] http::Error),
    #[error("TLS fails")]
    Tls(#[source] io::Error),
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
}

/// Returns the reply's status. The whole reply must arrive in time.
pub(crate) async fn get_status(
    port: u16,
    what: &HttpGet,
    timeout: Duration,
) -> Result<u16, ReplicaGetError> {
    tokio::time::timeout(timeout, get(port, what))
        .await
        .unwrap_or(Err(ReplicaGetError::TimedOut(timeout)))
}

async fn get(port: u16, what: &HttpGet) -> Result<u16, ReplicaGetError> {
    let port = what.port.unwrap_or(port);
    let request = request(port, what)?;
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    match what.scheme {
        ProbeScheme::Http => status(stream, request).await,
        ProbeScheme::Https => {
            let stream = unverified_tls::connect(stream).await.map_err(ReplicaGetError::Tls)?;
            status(stream, request).await
        }
    }
}

fn request(port: u16, what: &HttpGet) -> Result<Request<Empty<Bytes>>, http::Error> {
    // As the kubelet does it: each probe has a connection of its own.
    let mut request = Request::get(&what.path).header(CONNECTION, "close");
    let is_given = |name: http::HeaderName| {
        what.http_headers.iter().any(|header| header.name.eq_ignore_ascii_case(name.as_str()))
    };
    for (name, value) in
        [(HOST, format!("127.0.0.1:{port}")), (USER_AGENT, "brunt-probe".to_owned())]
    {
        if !is_given(name.clone()) {
            request = request.header(name, value);
        }
    }
    for header in &what.http_headers {
        request = request.header(header.name.as_str(), &header.value);
    }
    request.body(Empty::new())
}

async fn status(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    request: Request<Empty<Bytes>>,
) -> Result<u16, ReplicaGetError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let mut reply = sender.send_request(request).await?;
        while let Some(frame) = reply.frame().await {
            frame?;
        }
        Ok(reply.status().as_u16())
    };
    tokio::pin!(exchange);
    tokio::select! {
        status = &mut exchange => status,
        // Driven here instead of in a task of its own, it ends with this call.
        _ = connection => exchange.await,
    }
}

/// Whether a process accepts connections on the port.
pub(crate) async fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}
