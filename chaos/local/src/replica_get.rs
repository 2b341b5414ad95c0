//! One GET on a fresh connection, directly to a replica.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{CONNECTION, HOST, USER_AGENT};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

/// Why there was no reply.
#[derive(Debug, Error)]
pub(crate) enum ReplicaGetError {
    #[error("no connection")]
    Connect(#[from] io::Error),
    #[error("no answer")]
    Http(#[from] hyper::Error),
    #[error("the path cannot be asked for")]
    Path(#[from] http::Error),
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
}

/// Returns the reply's status. The whole reply must arrive in time.
pub(crate) async fn get_status(
    port: u16,
    path: &str,
    timeout: Duration,
) -> Result<u16, ReplicaGetError> {
    tokio::time::timeout(timeout, get(port, path))
        .await
        .unwrap_or(Err(ReplicaGetError::TimedOut(timeout)))
}

async fn get(port: u16, path: &str) -> Result<u16, ReplicaGetError> {
    let request = Request::get(path)
        .header(HOST, format!("127.0.0.1:{port}"))
        .header(USER_AGENT, "brunt-probe")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())?;
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
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
