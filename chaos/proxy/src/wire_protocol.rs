//! What a connection speaks, by the bytes that its caller has sent first. Pure.

use crate::http2::PREFACE;

/// What HTTP/2's preface begins with, and no method of HTTP/1.1 does.
const PREFACE_LINE: &[u8] = b"PRI * HTTP/2";

/// The longest method that counts as one of HTTP: the longest registered one has 17 letters.
const LONGEST_METHOD: usize = 20;

/// The longest request line that is waited for. What is longer is passed on as it is.
const LONGEST_LINE: usize = 16 * 1024;

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WireProtocol {
    /// HTTP/1.0 or HTTP/1.1: its requests are seen one by one.
    Http1,
    /// HTTP/2 with prior knowledge: its streams are seen.
    Http2,
    /// Anything else: it is passed on byte by byte.
    Bytes,
}

/// What a connection speaks that begins like this; `None` while it may still be either.
///
/// HTTP/1 is known by a whole request line. Less would not do: Redis' inline commands
/// begin like one, too.
pub(crate) fn spoken(first: &[u8]) -> Option<WireProtocol> {
    if first.starts_with(PREFACE_LINE) {
        return match first.starts_with(PREFACE) {
            true => Some(WireProtocol::Http2),
            false => Some(WireProtocol::Bytes).filter(|_| !PREFACE.starts_with(first)),
        };
    }
    // Empty lines before a request are allowed, and ignored.
    let start = first.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let first = &first[start..];
    if let Some(end) = first.iter().position(|byte| *byte == b'\n') {
        let line = first[..end].strip_suffix(b"\r").unwrap_or(&first[..end]);
        return Some(if is_request_line(line) { WireProtocol::Http1 } else { WireProtocol::Bytes });
    }
    let is_open = first.len() < LONGEST_LINE && may_become_request_line(first);
    if is_open { None } else { Some(WireProtocol::Bytes) }
}

/// `METHOD target HTTP/1.x`.
fn is_request_line(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let method = words.next().is_some_and(is_method);
    // The last word, as careless callers have blanks in their targets.
    let version = words.next_back();
    method && matches!(version, Some(b"HTTP/1.1" | b"HTTP/1.0")) && line.iter().all(is_text)
}

fn may_become_request_line(line: &[u8]) -> bool {
    let method = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    is_method(method) && line.iter().all(|byte| is_text(byte) || *byte == b'\r')
}

fn is_method(word: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'-' || *byte == b'_';
    !word.is_empty() && word.len() <= LONGEST_METHOD && word.iter().all(is_letter)
}

/// Not a control character. Bytes beyond ASCII occur in the targets of careless callers.
fn is_text(byte: &u8) -> bool {
    *byte >= b' ' && *byte != 0x7f
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http1_is_known_by_its_whole_request_line() {
        for line in
            ["GET / HTTP/1.1\r\n", "\r\nPOST /a b HTTP/1.0\n", "M-SEARCH * HTTP/1.1\r\nhost:"]
        {
            assert_eq!(spoken(line.as_bytes()), Some(WireProtocol::Http1), "{line:?}");
        }
        for piece in ["", "\r\n", "G", "GET ", "GET /", "GET / HTTP/1.1\r", "PRI * HTTP/"] {
            assert_eq!(spoken(piece.as_bytes()), None, "{piece:?}");
        }
    }

    #[test]
    fn http2_is_known_by_its_whole_preface() {
        for end in 0..PREFACE.len() {
            assert_eq!(spoken(&PREFACE[..end]), None, "{end}");
        }
        let first = [PREFACE, &b"\0\0\0\x04"[..]].concat();
        assert_eq!(spoken(&first), Some(WireProtocol::Http2));
    }

    #[test]
    fn everything_else_is_passed_on_as_bytes_as_soon_as_it_is_known() {
        let others: [&[u8]; 9] = [
            b"PRI * HTTP/2.0\r\n\r\nXX",
            b"*1\r\n$4\r\nPING\r\n",
            b"PING\r\n",
            b"GET key\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\x00\x00\x00\x08\x04\xd2\x16\x2f",
            b"EHLO mail.example.org\r\n",
            b"GET \x00",
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ];
        for bytes in others {
            assert_eq!(spoken(bytes), Some(WireProtocol::Bytes), "{bytes:?}");
        }
        assert_eq!(spoken(&[b'A'; LONGEST_METHOD + 1]), Some(WireProtocol::Bytes));
        let mut endless = b"GET /".to_vec();
        endless.resize(LONGEST_LINE, b'x');
        assert_eq!(spoken(&endless), Some(WireProtocol::Bytes));
    }
}
