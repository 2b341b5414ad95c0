//! One call of gRPC's health service (`grpc.health.v1`) on a fresh connection.

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use thiserror::Error;
use tokio::net::TcpStream;

/// Why a replica is not healthy.
#[derive(Debug, Error)]
pub(crate) enum GrpcHealthError {
    #[error("no connection")]
    Connect(#[from] std::io::Error),
    #[error("no answer")]
    Http(#[from] hyper::Error),
    #[error("the call cannot be sent")]
    Request(#[from] http::Error),
    #[error("the call ends with the gRPC status {code}{}", about(message))]
    Status { code: String, message: String },
    #[error("the reply is none of gRPC's health service: HTTP status {0}")]
    NoReply(u16),
    #[error("it is {0}")]
    NotServing(&'static str),
}

fn about(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(" ({message})") }
}

#[derive(Clone, PartialEq, Message)]
struct HealthCheckRequest {
    #[prost(string, tag = "1")]
    service: String,
}

#[derive(Clone, PartialEq, Message)]
struct HealthCheckResponse {
    #[prost(int32, tag = "1")]
    status: i32,
}

/// Asks a port of this machine whether a service is serving; an empty name is the whole server.
pub(crate) async fn check(port: u16, service: &str) -> Result<(), GrpcHealthError> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    let request = Request::post(format!("http://127.0.0.1:{port}/grpc.health.v1.Health/Check"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("user-agent", "brunt-probe")
        .body(Full::new(framed(&HealthCheckRequest { service: service.to_owned() })))?;
    let exchange = async {
        let reply = sender.send_request(request).await?;
        let (head, body) = reply.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        result(head.status.as_u16(), &head.headers, &trailers, &body.to_bytes())
    };
    tokio::pin!(exchange);
    tokio::select! {
        checked = &mut exchange => checked,
        // Driven here instead of in a task of its own, it ends with this call.
        _ = connection => exchange.await,
    }
}

/// A message with gRPC's prefix: not compressed, and its length.
fn framed(message: &HealthCheckRequest) -> Bytes {
    let message = message.encode_to_vec();
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    framed.extend_from_slice(&message);
    framed.freeze()
}

/// A reply without a body has its status among the headers.
fn result(
    status: u16,
    headers: &HeaderMap,
    trailers: &HeaderMap,
    body: &[u8],
) -> Result<(), GrpcHealthError> {
    let text = |name: &str| {
        let value = trailers.get(name).or_else(|| headers.get(name))?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let code = text("grpc-status").ok_or(GrpcHealthError::NoReply(status))?;
    if code != "0" {
        let message = text("grpc-message").unwrap_or_default();
        return Err(GrpcHealthError::Status { code, message });
    }
    // Nothing was said of compression in the call, so the message is not compressed, and its prefix
    // needs no look.
    let message = body.get(5..).and_then(|message| HealthCheckResponse::decode(message).ok());
    match message.ok_or(GrpcHealthError::NoReply(status))?.status {
        1 => Ok(()),
        2 => Err(GrpcHealthError::NotServing("NOT_SERVING")),
        3 => Err(GrpcHealthError::NotServing("SERVICE_UNKNOWN")),
        _ => Err(GrpcHealthError::NotServing("UNKNOWN")),
    }
}
