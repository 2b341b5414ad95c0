//! HTTP/2's frames, written by hand, and a server that says them when it has seen a request.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::Server;

/// Kinds of frames.
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PUSH_PROMISE: u8 = 5;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;
/// Flags.
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
pub const PADDED: u8 = 8;
/// `:status: 200` and `:status: 103`, as HPACK writes them.
pub const OK: &[u8] = b"\x88";
pub const HINTS: &[u8] = b"\x08\x03103";

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()];
    [&head.concat(), payload].concat()
}

/// What a server does when it has seen a request on stream 1.
#[derive(Clone)]
pub enum Deed {
    /// Say this, and wait for the client to go.
    Say(Vec<u8>),
    /// Say this and close.
    SayAndClose(Vec<u8>),
    /// Say the first, then the second again and again.
    Repeat(Vec<u8>, Vec<u8>),
}

fn serve(mut stream: TcpStream, deed: &Deed) -> Option<()> {
    stream.read_exact(&mut [0; 24]).ok()?;
    stream.write_all(&frame(SETTINGS, 0, 0, b"")).ok()?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        stream.read_exact(&mut vec![0; length as usize]).ok()?;
        if head[3] == HEADERS {
            break;
        }
    }
    let (first, again) = match deed {
        Deed::Say(bytes) | Deed::SayAndClose(bytes) => (bytes, None),
        Deed::Repeat(first, again) => (first, Some(again.repeat(64))),
    };
    stream.write_all(first).ok()?;
    while let Some(again) = &again {
        stream.write_all(again).ok()?;
    }
    while matches!(deed, Deed::Say(_)) && stream.read(&mut [0; 4096]).ok()? > 0 {}
    Some(())
}

/// A server that does this on each connection.
pub fn start_abuse(deed: Deed) -> Server {
    Server::start_raw(move |stream| {
        // It ends when the client goes.
        let _ = serve(stream, &deed);
    })
}
