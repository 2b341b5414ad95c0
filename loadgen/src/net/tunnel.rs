//! A way through an HTTP proxy.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ConnectError, Socket};
use crate::http1::{Keep, Progress, Reader, ReplyTo};
use crate::job::Address;

/// What is sent to a proxy to be connected to a server.
pub(super) fn request(to: &Address) -> String {
    let agent = concat!("brunt/", env!("CARGO_PKG_VERSION"));
    format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nUser-Agent: {agent}\r\n\r\n")
}

/// Asks a proxy to connect. What follows on the socket is between client and server.
pub(super) async fn dig(mut socket: Socket, request: &str) -> Result<Socket, ConnectError> {
    let asked = async {
        socket.write_all(request.as_bytes()).await?;
        answer(&mut socket).await
    };
    match asked.await {
        Ok(200..=299) => Ok(socket),
        Ok(_) => Err(ConnectError::Refused),
        Err(error) => Err(ConnectError::Proxy(error)),
    }
}

/// The status of a proxy's reply. Its head is read a byte at a time: what follows it is not for us,
/// and it is short.
async fn answer(socket: &mut Socket) -> io::Result<u16> {
    let mut reader = Reader::new(Keep::Length);
    // A good reply to CONNECT has no body, whatever its headers say; a bad one is not read on.
    reader.begin(ReplyTo::Head);
    loop {
        let byte = [socket.read_u8().await?];
        match reader
            .feed(&byte)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?
        {
            Progress::Done { reply, .. } => return Ok(reply.status),
            Progress::More => {}
        }
    }
}
