//! One connection: it sends a request and reads its reply.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, ReadBuf};

use super::error::{Http1Error, MalformedReply};
use super::reader::{ReadProgress, ReplyReader};
use crate::net::ByteStream;
use crate::protocol::reply::{Keep, ReplySummary, ReplyTo, Reuse};

/// A request that did not go out with the first system call.
struct Upload<'r> {
    request: &'r [u8],
    sent: usize,
    is_over: bool,
    /// Why it could not be sent as a whole. A server may answer and close before it has read
    /// everything; its answer counts, so it is read although writing failed.
    error: Option<io::Error>,
    /// A reply that was complete before the request was.
    reply: Option<ReplySummary>,
}

impl<'r> Upload<'r> {
    fn new(request: &'r [u8], tried: io::Result<usize>) -> Self {
        let (sent, error) = match tried {
            Ok(sent) => (sent, None),
            Err(error) => (0, Some(error)),
        };
        Self { request, sent, is_over: error.is_some(), error, reply: None }
    }

    /// Sends what can be sent now; ready when there is nothing left to do.
    fn poll(&mut self, context: &mut Context<'_>, stream: &mut ByteStream) -> Poll<()> {
        if !self.is_over {
            self.error = ready!(stream.poll_send(context, self.request, &mut self.sent)).err();
            self.is_over = true;
        }
        Poll::Ready(())
    }
}

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
        let tried = self.stream.try_send(request);
        // Most requests are sent by now, and their futures need no state of an upload.
        if matches!(tried, Ok(sent) if sent == request.len()) {
            return poll_fn(|context| self.poll_reply(context, &mut scratch.borrow_mut())).await;
        }
        let mut upload = Upload::new(request, tried);
        poll_fn(|context| self.poll_upload(context, &mut upload, &mut scratch.borrow_mut())).await
    }

    /// Sends the rest of a request, and reads its reply at the same time: a server that answers
    /// while it reads, such as an echo, stops reading when nobody takes its answer, and both sides
    /// would wait for ever.
    fn poll_upload(
        &mut self,
        context: &mut Context<'_>,
        upload: &mut Upload<'_>,
        scratch: &mut [u8],
    ) -> Poll<Result<ReplySummary, Http1Error>> {
        let sent = upload.poll(context, &mut self.stream);
        let reply = match upload.reply {
            Some(early) => early,
            None => match ready!(self.poll_reply(context, scratch)) {
                Ok(reply) => *upload.reply.insert(reply),
                // When both fail, writing failed first.
                Err(error) => {
                    return Poll::Ready(Err(upload.error.take().map_or(error, Http1Error::from)));
                }
            },
        };
        // A refusal, such as 413, makes the rest pointless: its connection cannot be used again, as
        // the server would take the rest for the next request.
        if upload.error.is_some() || sent.is_pending() && reply.status >= 300 {
            return Poll::Ready(Ok(ReplySummary { reuse: Reuse::No, ..reply }));
        }
        sent.map(|()| Ok(reply))
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
