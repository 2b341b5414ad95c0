//! Callees: an HTTP server, and a script over a bare TCP connection.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub type CalleeReply = Response<BoxBody<Bytes, Infallible>>;

pub struct Callee {
    pub port: u16,
    pub connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Callee {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server that replies to each request with what `answer` returns.
pub async fn serving<F, A>(answer: F) -> Callee
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = CalleeReply> + Send + 'static,
{
    scripted(move |stream, _| {
        let answer = answer.clone();
        async move {
            let service = service_fn(move |request| {
                let answered = answer(request);
                async move { Ok::<_, Infallible>(answered.await) }
            });
            let _ = http1::Builder::new()
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await
}

/// A server that runs `script` on each connection, with its number from 0.
pub async fn scripted<F, A>(script: F) -> Callee
where
    F: Fn(TcpStream, usize) -> A + Send + 'static,
    A: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let task = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(script(stream, counter.fetch_add(1, SeqCst)));
        }
    });
    Callee { port, connections, task }
}

/// A reply with a text.
pub fn text(text: impl Into<String>) -> CalleeReply {
    Response::new(BoxBody::new(Full::from(text.into())))
}

/// Reads and returns one request's head; empty when the connection has ended.
pub async fn read_head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte).await {
            Ok(1) => read.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(read).unwrap()
}

pub async fn send_text(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}
