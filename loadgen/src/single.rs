//! One request on a connection of its own, in HTTP/1.1, beside any load: a page to show, a document
//! to read, figures to send.

use std::borrow::Cow;
use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::job::JobError;
use crate::net::{ConnectError, Server, ServerSetupError, TlsError};
use crate::protocol::http1::{
    MalformedReply, PrematureClose, ReadProgress, ReplyReader, request_bytes,
};
use crate::protocol::{Keep, ReplySummary, ReplyTo, Reuse};
use crate::protocol::{decoded, header_values};
use crate::request::HttpRequest;
use crate::transport::{HttpVersion, Transport};

/// The longest body that is read, in bytes. All of it is kept in memory, and a server may send
/// without an end.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// A reply to one request, with all bytes that were sent.
#[derive(Debug)]
pub struct SingleReply {
    /// The request's head and body, as they were sent.
    pub sent: Vec<u8>,
    /// The reply's head as it came, with the empty line that ends it.
    pub head: Vec<u8>,
    /// The status, the body's length, and what else the head says.
    pub reply: ReplySummary,
    /// The body without its framing, up to 16 MiB.
    pub body: Vec<u8>,
    /// From the start of the connection to the reply's last byte.
    pub took: Duration,
}

impl SingleReply {
    /// The body without its content codings, up to 16 MiB; `None` when one is unknown or does not
    /// fit the body. No coding is asked for, but some servers send one all the same.
    pub fn plain_body(&self) -> Option<Cow<'_, [u8]>> {
        let codings = header_values(&self.head, "content-encoding");
        decoded(
            codings.iter().flat_map(|line| line.split(',')).map(str::trim),
            &self.body,
            MOST_BODY,
        )
    }
}

/// Why one request has no reply.
#[derive(Debug, thiserror::Error)]
pub enum SingleRequestError {
    /// A path or a header that cannot be sent.
    #[error(transparent)]
    Request(#[from] JobError),
    /// A host without an address.
    #[error("the name cannot be looked up: {0}")]
    Lookup(#[source] io::Error),
    /// Certificates that cannot be read, or a name that no certificate can have.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A runtime that the operating system does not let start.
    #[error("the request cannot be made: {0}")]
    Runtime(#[source] io::Error),
    /// A connection that could not be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A connection that broke.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A connection that the server closed too early.
    #[error(transparent)]
    Closed(#[from] PrematureClose),
    /// Bytes that are no reply.
    #[error(transparent)]
    Malformed(#[from] MalformedReply),
    /// A body without an end, or one that is too long to be kept.
    #[error("the body is longer than {} MiB", MOST_BODY / (1024 * 1024))]
    Long,
    /// Nothing, or not all of it, in time.
    #[error("no reply within {} s", .0.as_secs_f64())]
    Timeout(Duration),
}

/// Sends a request on a new connection and blocks until its whole reply is there, or `timeout` has
/// passed. HTTP/1.1 is spoken whatever `transport` says, as what comes is shown as it came.
///
/// # Errors
/// [`SingleRequestError`] when the request cannot be sent or has no whole reply. A reply with a
/// status that tells of an error is a reply.
pub fn send_single(
    request: &HttpRequest,
    transport: &Transport,
    timeout: Duration,
) -> Result<SingleReply, SingleRequestError> {
    let transport = Transport { version: HttpVersion::Http1, ..transport.clone() };
    let sent = request_bytes(request, Reuse::No, transport.names_server(&request.address))
        .map_err(JobError::from)?;
    let server = Server::new(&request.address, &transport, &mut None);
    let server = server.map_err(|error| match error {
        ServerSetupError::Lookup(error) => SingleRequestError::Lookup(error),
        ServerSetupError::Tls(error) => SingleRequestError::Tls(error),
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SingleRequestError::Runtime)?;
    let asked = runtime
        .block_on(async { tokio::time::timeout(timeout, exchange(&server, request, sent)).await });
    asked.unwrap_or(Err(SingleRequestError::Timeout(timeout)))
}

async fn exchange(
    server: &Server,
    request: &HttpRequest,
    sent: Vec<u8>,
) -> Result<SingleReply, SingleRequestError> {
    let start = Instant::now();
    let (mut input, mut output) = tokio::io::split(server.open().await?.stream);
    let writing = async {
        output.write_all(&sent).await?;
        output.flush().await
    };
    let mut reader = ReplyReader::new(Keep::Whole(MOST_BODY + 1));
    reader.begin(ReplyTo::method(&request.method));
    let reply = {
        let mut reading = pin!(read(&mut input, &mut reader));
        // At the same time, as in a load: a server may answer while it reads, or refuse before it
        // has read everything.
        tokio::select! {
            reply = &mut reading => reply?,
            written = writing => match (reading.await, written) {
                // When both fail, writing failed first.
                (Err(_), Err(error)) => return Err(error.into()),
                (reply, _) => reply?,
            },
        }
    };
    let (head, body) = (reader.head().to_vec(), reader.body().to_vec());
    Ok(SingleReply { sent, head, reply, body, took: start.elapsed() })
}

async fn read(
    input: &mut (impl AsyncRead + Unpin),
    reader: &mut ReplyReader,
) -> Result<ReplySummary, SingleRequestError> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = input.read(&mut buffer).await?;
        let done = match length {
            0 => Some(reader.close()?),
            _ => match reader.feed(&buffer[..length])? {
                ReadProgress::Done { reply, .. } => Some(reply),
                ReadProgress::More => None,
            },
        };
        // What is cut off would be printed, or parsed, as if it were everything.
        if reader.body().len() > MOST_BODY {
            return Err(SingleRequestError::Long);
        }
        if let Some(reply) = done {
            return Ok(reply);
        }
    }
}
