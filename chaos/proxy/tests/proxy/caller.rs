//! A caller on one kept-alive connection, and one that reads and writes bytes.

use std::io::ErrorKind;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection for any number of requests, one after another.
pub struct Caller(SendRequest<Full<Bytes>>);

impl Caller {
    pub async fn to(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> hyper::Result<Response<Incoming>> {
        self.0.ready().await?;
        self.0.send_request(request).await
    }

    /// The status and the body.
    pub async fn get(&mut self, path: &str) -> hyper::Result<(u16, String)> {
        read_reply(self.send(a_request("GET", path, "")).await?).await
    }

    pub async fn post(&mut self, path: &str, body: &str) -> hyper::Result<(u16, String)> {
        read_reply(self.send(a_request("POST", path, body)).await?).await
    }
}

pub fn a_request(method: &str, path: &str, body: &str) -> Request<Full<Bytes>> {
    let request = Request::builder().method(method).uri(path).header("host", "stock:8080");
    request.body(Full::from(body.to_owned())).unwrap()
}

pub async fn read_reply(reply: Response<Incoming>) -> hyper::Result<(u16, String)> {
    let status = reply.status().as_u16();
    let body = reply.into_body().collect().await?.to_bytes();
    Ok((status, String::from_utf8(body.to_vec()).unwrap()))
}

/// A GET on a connection of its own.
pub async fn once(port: u16, path: &str) -> hyper::Result<(u16, String)> {
    Caller::to(port).await.get(path).await
}

/// Sends bytes and returns what comes until the end, and how it ended: `None` for an orderly end.
pub async fn raw(port: u16, text: &str) -> (String, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut read = Vec::new();
    let end = stream.read_to_end(&mut read).await;
    (String::from_utf8(read).unwrap(), end.err().map(|error| error.kind()))
}
