//! One connection: sends a request, reads its reply.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::{Cut, Keep, Malformed, Progress, Reader, Reply};
use crate::job::Prepared;

/// A connection that may have served requests before.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    reader: Reader,
}

/// Why a request got no reply.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Cut(#[from] Cut),
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

impl Connection {
    /// Connects to the first address that takes it.
    pub async fn open(to: &[SocketAddr], keep: Keep) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, reader: Reader::new(keep) })
    }

    /// Whether the server has closed it, or said something unasked, as far as is known: no system call is made unless the
    /// runtime has seen something arrive.
    pub fn is_stale(&self) -> bool {
        let read = self.stream.try_read(&mut [0; 1]);
        !matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    pub fn body(&self) -> &[u8] {
        self.reader.body()
    }

    /// Sends a request and reads its reply. `scratch` is only borrowed while bytes are looked at, so that all connections
    /// of a thread share one.
    pub async fn exchange(
        &mut self,
        request: &Prepared,
        scratch: &RefCell<Box<[u8]>>,
    ) -> Result<Reply, Broken> {
        self.reader.begin(request.reply_to);
        let written = self.write(&request.bytes).await;
        // A server may answer and close before it has read everything; its answer counts.
        let reply = poll_fn(|context| self.poll_reply(context, &mut scratch.borrow_mut())).await;
        match (written, reply) {
            (Err(error), Err(_)) => Err(error.into()),
            (_, reply) => reply,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let sent = match self.stream.try_write(bytes) {
            Ok(sent) => sent,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        if sent < bytes.len() {
            self.stream.write_all(&bytes[sent..]).await?;
        }
        Ok(())
    }

    fn poll_reply(&mut self, context: &mut Context<'_>, scratch: &mut [u8]) -> Poll<Result<Reply, Broken>> {
        loop {
            let mut read = ReadBuf::new(scratch);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(self.reader.close().map_err(Broken::from));
            }
            match self.reader.feed(read.filled())? {
                Progress::More => {}
                Progress::Done { used, .. } if used < read.filled().len() => {
                    return Poll::Ready(Err(Malformed::Surplus.into()));
                }
                Progress::Done { reply, .. } => return Poll::Ready(Ok(reply)),
            }
        }
    }
}
