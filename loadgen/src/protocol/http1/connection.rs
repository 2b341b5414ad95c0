//! One connection: it sends a request and reads its reply.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, ReadBuf};

use super::error::{Http1Error, MalformedReply};
use super::reader::{ReadProgress, ReplyReader};
use crate::net::ByteStream;
use crate::protocol::reply::{Keep, ReplySummary, ReplyTo};

/// A connection that may have served requests before.
#[derive(Debug)]
pub(crate) struct Http1Connection {
    stream: ByteStream,
    reader: ReplyReader,
    first_byte: Option<Instant>,
}

impl Http1Connection {
    /// A connection on a stream on which nothing was sent yet.
    pub fn new(stream: ByteStream, keep: Keep) -> Self {
        Self { stream, reader: ReplyReader::new(keep), first_byte: None }
    }

    /// Whether the server is known to have closed it, or to have sent something unasked.
    pub fn is_stale(&mut self) -> bool {
        self.stream.is_stale()
    }

    pub fn body(&self) -> &[u8] {
        self.reader.body()
    }

    /// The last reply's head, if it was to be kept.
    pub fn head(&self) -> &[u8] {
        self.reader.head()
    }

    /// When the last reply began to come, if it did not come in one piece.
    pub fn first_byte(&self) -> Option<Instant> {
        self.first_byte
    }

    /// Sends a request and reads its reply. `scratch` is only borrowed while bytes are looked at,
    /// so that all connections of a thread share one.
    pub async fn exchange(
        &mut self,
        request: &[u8],
        to: ReplyTo,
        scratch: &RefCell<Box<[u8]>>,
    ) -> Result<ReplySummary, Http1Error> {
        self.first_byte = None;
        self.reader.begin(to);
        let written = self.stream.send(request).await;
        // A server may answer and close before it has read the whole request, as with 413. Its
        // answer counts, so it is read although writing failed.
        let reply = poll_fn(|context| self.poll_reply(context, &mut scratch.borrow_mut())).await;
        match (written, reply) {
            (Err(error), Err(_)) => Err(error.into()),
            (_, reply) => reply,
        }
    }

    fn poll_reply(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut [u8],
    ) -> Poll<Result<ReplySummary, Http1Error>> {
        loop {
            let mut read = ReadBuf::new(scratch);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(self.reader.close().map_err(Http1Error::from));
            }
            match self.reader.feed(read.filled())? {
                // The clock is only read for replies that come in pieces: for all others, the first
                // byte came when the reply did.
                ReadProgress::More => {
                    self.first_byte = self.first_byte.or_else(|| Some(Instant::now()));
                }
                ReadProgress::Done { used, .. } if used < read.filled().len() => {
                    return Poll::Ready(Err(MalformedReply::Surplus.into()));
                }
                ReadProgress::Done { reply, .. } => return Poll::Ready(Ok(reply)),
            }
        }
    }
}
