//! HTTP/2's frames, written by hand, and a server that says them when it has seen a request.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// Begin to answer, and go on for ever, no faster than the windows let.
    Obey,
    /// End each stream with this error, and take the next.
    ResetAll(u32),
    /// Say this in place of the settings that allow requests.
    Greet(Vec<u8>),
}

/// The next frame that a client says: kind, stream, payload.
fn next(stream: &mut TcpStream) -> Option<(u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head).ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    stream.read_exact(&mut payload).ok()?;
    Some((head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
}

/// Answers stream 1 for ever, as fast as its window and the connection's let.
fn obey(mut stream: TcpStream) -> Option<()> {
    const PIECE: i64 = 16_000;
    let (mut window, mut connection, mut begun) = (65_535_i64, 65_535_i64, false);
    stream.write_all(&frame(SETTINGS, 0, 0, b"")).ok()?;
    loop {
        while begun && window.min(connection) >= PIECE {
            stream.write_all(&frame(DATA, 0, 1, &[b'x'; PIECE as usize])).ok()?;
            (window, connection) = (window - PIECE, connection - PIECE);
        }
        let (kind, of, payload) = next(&mut stream)?;
        let number = |bytes: &[u8]| i64::from(u32::from_be_bytes(bytes.try_into().unwrap()));
        match kind {
            SETTINGS => {
                let asked = payload.chunks(6).find(|setting| setting[1] == 4);
                window = asked.map_or(window, |setting| number(&setting[2..]));
            }
            WINDOW_UPDATE if of == 0 => connection += number(&payload),
            WINDOW_UPDATE => window += number(&payload),
            HEADERS => {
                begun = true;
                stream.write_all(&frame(HEADERS, END_HEADERS, 1, OK)).ok()?;
            }
            RST_STREAM => return None,
            _ => {}
        }
    }
}

fn reset_all(mut stream: TcpStream, error: u32) -> Option<()> {
    stream.write_all(&frame(SETTINGS, 0, 0, b"")).ok()?;
    loop {
        let (kind, of, _) = next(&mut stream)?;
        if kind == HEADERS {
            stream.write_all(&frame(RST_STREAM, 0, of, &error.to_be_bytes())).ok()?;
        }
    }
}

fn serve(mut stream: TcpStream, deed: &Deed) -> Option<()> {
    stream.read_exact(&mut [0; 24]).ok()?;
    match deed {
        Deed::Obey => return obey(stream),
        Deed::ResetAll(error) => return reset_all(stream, *error),
        Deed::Greet(bytes) => {
            stream.write_all(bytes).ok()?;
            while next(&mut stream).is_some() {}
            return None;
        }
        _ => stream.write_all(&frame(SETTINGS, 0, 0, b"")).ok()?,
    }
    while next(&mut stream)?.0 != HEADERS {}
    let (first, again) = match deed {
        Deed::Say(bytes) | Deed::SayAndClose(bytes) => (bytes, None),
        Deed::Repeat(first, again) => (first, Some(again.repeat(64))),
        Deed::Obey | Deed::ResetAll(_) | Deed::Greet(_) => return None,
    };
    stream.write_all(first).ok()?;
    while let Some(again) = &again {
        stream.write_all(again).ok()?;
    }
    while matches!(deed, Deed::Say(_)) && stream.read(&mut [0; 4096]).ok()? > 0 {}
    Some(())
}

/// Answers this many requests on each connection, then says GOAWAY with the last of them and takes
/// no more, as nginx does after `keepalive_requests`. Counts what it answered in `answered`.
pub fn start_then_go(most: u64, answered: &Arc<AtomicU64>) -> Server {
    let answered = Arc::clone(answered);
    Server::start_raw(move |mut stream| {
        let mut take = || -> Option<()> {
            stream.read_exact(&mut [0; 24]).ok()?;
            stream.write_all(&frame(SETTINGS, 0, 0, b"")).ok()?;
            for number in 1..=most {
                let id = loop {
                    match next(&mut stream)? {
                        (HEADERS, id, _) => break id,
                        _ => continue,
                    }
                };
                answered.fetch_add(1, Ordering::Relaxed);
                let reply = frame(HEADERS, END_HEADERS | END_STREAM, id, OK);
                let last = [id.to_be_bytes(), [0; 4]].concat();
                let goaway = if number == most { frame(GOAWAY, 0, 0, &last) } else { Vec::new() };
                stream.write_all(&[reply, goaway].concat()).ok()?;
            }
            // Requests that were on their way are read and ignored: closing at once would reset
            // the connection, and the client might never see the GOAWAY.
            while next(&mut stream).is_some() {}
            Some(())
        };
        let _ = take();
    })
}

/// Takes no request on the first connections: it says GOAWAY right after its settings, as a server
/// that drains does. On the others it answers each.
pub fn start_draining(connections: u64) -> Server {
    let number = AtomicU64::new(0);
    Server::start_raw(move |mut stream| {
        let drains = number.fetch_add(1, Ordering::Relaxed) < connections;
        let mut take = || -> Option<()> {
            stream.read_exact(&mut [0; 24]).ok()?;
            let goaway = if drains { frame(GOAWAY, 0, 0, &[0; 8]) } else { Vec::new() };
            stream.write_all(&[frame(SETTINGS, 0, 0, b""), goaway].concat()).ok()?;
            loop {
                let (kind, id, _) = next(&mut stream)?;
                if kind == HEADERS && !drains {
                    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, id, OK)).ok()?;
                }
            }
        };
        let _ = take();
    })
}

/// A server that does this on each connection.
pub fn start_abuse(deed: Deed) -> Server {
    Server::start_raw(move |stream| {
        // It ends when the client goes.
        let _ = serve(stream, &deed);
    })
}
