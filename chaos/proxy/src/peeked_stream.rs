//! A connection of which the first bytes have been looked at: they are read again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use crate::connection_hits::ConnectionHits;
use crate::write_faults::WriteFaults;

/// How much is read at once while the first bytes are looked at, in bytes.
const CHUNK: usize = 1024;

/// A connection of which some bytes may have been read already.
#[derive(Debug)]
pub(crate) struct PeekedStream {
    /// What was looked at and is yet to be read.
    seen: BytesMut,
    stream: TcpStream,
    faults: WriteFaults,
}

impl PeekedStream {
    /// `faults` meet what is written on it.
    pub(crate) fn new(stream: TcpStream, faults: WriteFaults) -> Self {
        Self { seen: BytesMut::new(), stream, faults }
    }

    /// The same connection, with other faults that meet what is written on it from now on.
    pub(crate) fn with_faults(self, faults: WriteFaults) -> Self {
        Self { faults, ..self }
    }

    /// Which faults hit it.
    pub(crate) fn hits(&self) -> &Arc<ConnectionHits> {
        self.faults.hits()
    }

    /// Whether a fault has closed it, so that its end is an orderly one.
    pub(crate) fn was_closed_by_fault(&self) -> bool {
        self.faults.has_closed()
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
    pub(crate) fn split(&mut self) -> (PeekedHalf<'_>, FaultedHalf<'_>) {
        let (stream, writes) = self.stream.split();
        let faults = &mut self.faults;
        (PeekedHalf { seen: &mut self.seen, stream }, FaultedHalf { stream: writes, faults })
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

/// The writing side of a connection.
#[derive(Debug)]
pub(crate) struct FaultedHalf<'a> {
    stream: WriteHalf<'a>,
    faults: &'a mut WriteFaults,
}

/// What is written meets the connection's faults.
macro_rules! faulted_writes {
    ($type:ty) => {
        impl AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                let this = self.get_mut();
                this.faults.poll_write(Pin::new(&mut this.stream), cx, bytes)
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let this = self.get_mut();
                this.faults.poll_flush(Pin::new(&mut this.stream), cx)
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let this = self.get_mut();
                this.faults.poll_shutdown(Pin::new(&mut this.stream), cx)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffers: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let this = self.get_mut();
                this.faults.poll_write_vectored(Pin::new(&mut this.stream), cx, buffers)
            }

            fn is_write_vectored(&self) -> bool {
                self.stream.is_write_vectored()
            }
        }
    };
}

faulted_writes!(PeekedStream);
faulted_writes!(FaultedHalf<'_>);
