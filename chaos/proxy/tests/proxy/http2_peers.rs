//! A caller and a callee that speak HTTP/2 by a library of its own.

use std::future::{Future, poll_fn};

use bytes::Bytes;
use h2::client::SendRequest;
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::callee::{Callee, scripted};

/// A server that hands each request to `answer`.
pub async fn serving_http2<F, A>(answer: F) -> Callee
where
    F: Fn(Request<RecvStream>, SendResponse<Bytes>) -> A + Clone + Send + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    scripted(move |stream, _| {
        let answer = answer.clone();
        async move {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, reply))) = connection.accept().await {
                tokio::spawn(answer(request, reply));
            }
        }
    })
    .await
}

/// A gRPC reply: a message and a status in trailers.
pub fn answer_grpc(mut reply: SendResponse<Bytes>, message: Bytes) {
    let head = Response::builder().header("content-type", "application/grpc");
    let mut body = reply.send_response(head.body(()).unwrap(), false).unwrap();
    body.send_data(message, false).unwrap();
    body.send_trailers(grpc_ok()).unwrap();
}

pub fn grpc_ok() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    trailers
}

/// What came of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct WholeReply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub trailers: HeaderMap,
}

/// One connection for any number of requests at once.
#[derive(Clone)]
pub struct Http2Caller(SendRequest<Bytes>);

impl Http2Caller {
    pub async fn to(port: u16) -> Self {
        Self::with_end(port).await.0
    }

    /// With the end of the connection.
    pub async fn with_end(port: u16) -> (Self, JoinHandle<Result<(), h2::Error>>) {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        // One stream alone does not use up what all of them together may be sent.
        let mut builder = h2::client::Builder::new();
        builder.initial_connection_window_size(1 << 20);
        let (sender, connection) = builder.handshake(stream).await.unwrap();
        (Self(sender), tokio::spawn(connection))
    }

    /// Begins a request whose body follows.
    pub async fn begin(
        &self,
        request: Request<()>,
        ends: bool,
    ) -> Result<(h2::client::ResponseFuture, SendStream<Bytes>), h2::Error> {
        self.0.clone().ready().await?.send_request(request, ends)
    }

    /// Sends a request with a body and reads all of the reply.
    pub async fn send(&self, request: Request<()>, body: Bytes) -> Result<WholeReply, h2::Error> {
        let (reply, mut sending) = self.begin(request, body.is_empty()).await?;
        if !body.is_empty() {
            sending.send_data(body, true)?;
        }
        read_whole(reply.await?).await
    }

    /// A call of gRPC with one message.
    pub async fn call(&self, method: &str, message: &[u8]) -> Result<WholeReply, h2::Error> {
        self.send(grpc_call(method), grpc_message(message)).await
    }
}

pub fn grpc_call(method: &str) -> Request<()> {
    let request = Request::post(format!("http://stock:8080/{method}"));
    let request = request.header("content-type", "application/grpc").header("te", "trailers");
    request.header("x-token", "the same each time").body(()).unwrap()
}

pub fn grpc_message(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat().into()
}

pub async fn read_whole(reply: Response<RecvStream>) -> Result<WholeReply, h2::Error> {
    let (head, mut body) = reply.into_parts();
    let mut read = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        read.extend_from_slice(&data);
    }
    let trailers = body.trailers().await?.unwrap_or_default();
    let (status, headers) = (head.status.as_u16(), head.headers);
    Ok(WholeReply { status, headers, body: read.into(), trailers })
}

pub async fn read_body(mut body: RecvStream) -> Result<Bytes, h2::Error> {
    let mut read = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        read.extend_from_slice(&data);
    }
    Ok(read.into())
}

/// Why a stream was reset by its peer.
pub fn reset_reason(error: &h2::Error) -> Option<Reason> {
    error.reason().filter(|_| error.is_reset() && error.is_remote())
}

/// Sends so many bytes as the windows let it.
pub async fn send_all(sending: &mut SendStream<Bytes>, piece: &Bytes, pieces: usize) {
    for number in 1..=pieces {
        let mut rest = piece.clone();
        while !rest.is_empty() {
            sending.reserve_capacity(rest.len());
            while sending.capacity() == 0 {
                poll_fn(|cx| sending.poll_capacity(cx)).await.unwrap().unwrap();
            }
            let part = rest.split_to(sending.capacity().min(rest.len()));
            sending.send_data(part, number == pieces && rest.is_empty()).unwrap();
        }
    }
}
