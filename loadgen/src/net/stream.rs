//! A connection's byte stream: a socket, or TLS over one. Enums and not trait objects, so that
//! plain TCP stays as fast as without TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::client::TlsStream;

/// A TCP or a Unix socket.
#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// The byte stream that a protocol writes requests to and reads replies from.
#[derive(Debug)]
pub(crate) enum ByteStream {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

impl Socket {
    fn try_read(&self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_read(into),
            Self::Unix(unix) => unix.try_read(into),
        }
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(tcp) => tcp.try_write(bytes),
            Self::Unix(unix) => unix.try_write(bytes),
        }
    }
}

impl ByteStream {
    /// Whether the server has closed it, or sent something unasked, as far as the runtime knows: no
    /// system call is made unless it has seen something arrive.
    pub fn is_stale(&mut self) -> bool {
        match self {
            Self::Plain(socket) => {
                let read = socket.try_read(&mut [0; 1]);
                !matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
            }
            // What came may be TLS's own, such as a session ticket: only TLS can tell.
            Self::Tls(tls) => {
                let (mut byte, mut context) = ([0; 1], Context::from_waker(Waker::noop()));
                Pin::new(tls).poll_read(&mut context, &mut ReadBuf::new(&mut byte)).is_ready()
            }
        }
    }

    /// Sends what one system call takes, without waiting, and returns how many bytes that were.
    /// Most requests are sent as a whole like this. TLS may have to wait for the socket in between,
    /// so it sends nothing here.
    #[inline]
    pub fn try_send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self::Plain(socket) = self else { return Ok(0) };
        match socket.try_write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            tried => tried,
        }
    }

    /// Sends the rest after the first `sent` bytes, which are counted there. Ready when all of it
    /// has been sent and no layer holds any of it back.
    pub fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        sent: &mut usize,
    ) -> Poll<io::Result<()>> {
        let mut stream = Pin::new(self);
        while *sent < bytes.len() {
            match ready!(stream.as_mut().poll_write(context, &bytes[*sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                more => *sent += more,
            }
        }
        stream.poll_flush(context)
    }
}

/// Calls the same method of either variant.
macro_rules! either {
    ($of:ident, $a:ident | $b:ident, $inner:ident => $call:expr) => {
        match $of.get_mut() {
            Self::$a($inner) => $call,
            Self::$b($inner) => $call,
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, Tcp | Unix, socket => Pin::new(socket).poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, Tcp | Unix, socket => Pin::new(socket).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, Tcp | Unix, socket => Pin::new(socket).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, Tcp | Unix, socket => Pin::new(socket).poll_shutdown(cx))
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, Plain | Tls, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for ByteStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, Plain | Tls, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, Plain | Tls, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, Plain | Tls, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
