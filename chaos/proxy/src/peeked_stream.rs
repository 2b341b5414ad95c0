//! A connection of which the first bytes have been looked at: they are read again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

/// How much is read at once while the first bytes are looked at, in bytes.
const CHUNK: usize = 1024;

/// A connection of which some bytes may have been read already.
#[derive(Debug)]
pub(crate) struct PeekedStream {
    /// What was looked at and is yet to be read.
    seen: BytesMut,
    stream: TcpStream,
}

impl PeekedStream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { seen: BytesMut::new(), stream }
    }

    /// The same connection, with bytes of it that somebody has read: they come first.
    pub(crate) fn unread(mut self, bytes: &[u8]) -> Self {
        let mut seen = BytesMut::from(bytes);
        seen.unsplit(self.seen);
        self.seen = seen;
        self
    }

    /// Waits for more bytes than were looked at before. Returns whether any came: none do when the
    /// other end has closed its side. It may be dropped and called again without a loss.
    pub(crate) async fn look_further(&mut self) -> io::Result<bool> {
        self.seen.reserve(CHUNK);
        Ok(self.stream.read_buf(&mut self.seen).await? > 0)
    }

    /// Waits until the other end has said something, or has closed the connection.
    pub(crate) async fn speaks(&self) {
        // An error shows again when it is used.
        drop(self.stream.readable().await);
    }

    /// What was looked at.
    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Its two directions, to be used at the same time.
    pub(crate) fn split(&mut self) -> (PeekedHalf<'_>, WriteHalf<'_>) {
        let (stream, writes) = self.stream.split();
        (PeekedHalf { seen: &mut self.seen, stream }, writes)
    }

    /// Makes closing it send a reset, and discard what was not sent yet.
    pub(crate) fn reset_on_close(&self) {
        let _ = self.stream.set_zero_linger();
    }
}

/// The reading side of a connection.
#[derive(Debug)]
pub(crate) struct PeekedHalf<'a> {
    seen: &'a mut BytesMut,
    stream: ReadHalf<'a>,
}

impl PeekedHalf<'_> {
    /// Waits for bytes and returns at most so many; none when nothing more comes. It may be dropped
    /// and called again without a loss. Memory is taken only when there is something to read.
    pub(crate) async fn read(&mut self, most: usize) -> io::Result<Bytes> {
        if !self.seen.is_empty() {
            return Ok(std::mem::take(self.seen).freeze());
        }
        loop {
            self.stream.readable().await?;
            let mut piece = BytesMut::with_capacity(most);
            match self.stream.try_read_buf(&mut piece) {
                Ok(_) => return Ok(piece.freeze()),
                // It only seemed so.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsyncRead for PeekedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.seen.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, into);
        }
        let length = self.seen.len().min(into.remaining());
        into.put_slice(&self.seen[..length]);
        self.seen.advance(length);
        if self.seen.is_empty() {
            // A connection may stay open for hours, and needs the buffer never again.
            self.seen = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PeekedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
