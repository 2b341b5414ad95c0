//! A tunnel through an HTTP proxy, by CONNECT.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::error::ConnectError;
use super::stream::Socket;
use crate::address::Address;

/// The longest head of a proxy's reply, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;
/// The most headers of a proxy's reply.
const MOST_HEADERS: usize = 128;
/// The most 1xx replies before the one that counts.
const MOST_INTERIM: usize = 100;

/// The request that asks a proxy to connect to a server.
pub(super) fn connect_request(to: &Address) -> String {
    let agent = concat!("brunt/", env!("CARGO_PKG_VERSION"));
    format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\nUser-Agent: {agent}\r\n\r\n")
}

/// Asks a proxy to connect. What follows on the socket is between client and server.
pub(super) async fn open(mut socket: Socket, request: &str) -> Result<Socket, ConnectError> {
    let asked = async {
        socket.write_all(request.as_bytes()).await?;
        status(&mut socket).await
    };
    match asked.await {
        Ok(200..=299) => Ok(socket),
        Ok(_) => Err(ConnectError::Refused),
        Err(error) => Err(ConnectError::Proxy(error)),
    }
}

/// The status of a proxy's reply. A good reply to CONNECT has no body, whatever its headers say,
/// and a bad one is not read on.
async fn status(socket: &mut Socket) -> io::Result<u16> {
    for _ in 0..=MOST_INTERIM {
        match head(socket).await? {
            101 => return Err(invalid("a switch of protocols that was not requested")),
            100..=199 => {}
            status => return Ok(status),
        }
    }
    Err(invalid("endless interim replies"))
}

/// Reads one head. It is read a byte at a time: what follows it is the server's, and it is short.
async fn head(socket: &mut Socket) -> io::Result<u16> {
    let mut head = Vec::new();
    while head.len() < LONGEST_HEAD {
        head.push(socket.read_u8().await?);
        // The first byte shows whether this is HTTP at all, so that a port
        // that speaks something else fails at once; after it, only a line's end can be the head's.
        if head.len() > 1 && head.last() != Some(&b'\n') {
            continue;
        }
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut reply = httparse::Response::new(&mut headers);
        let mut parser = httparse::ParserConfig::default();
        // As for servers' replies: a header may span lines (RFC 9112, 5.2).
        parser.allow_obsolete_multiline_headers_in_responses(true);
        match parser.parse_response(&mut reply, &head) {
            Ok(httparse::Status::Complete(_)) => return Ok(reply.code.unwrap_or_default()),
            Ok(httparse::Status::Partial) => {}
            Err(error) => return Err(invalid(error)),
        }
    }
    Err(invalid("an endless head"))
}

fn invalid(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
