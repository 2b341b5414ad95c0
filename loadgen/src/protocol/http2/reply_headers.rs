//! The headers of replies, as far as a load needs them.

use brunt_hpack::{self as hpack, HpackBuffers, HpackError};

/// The longest head that is read, in bytes as HTTP/2 counts them; the same as HTTP/1.1's.
pub(super) const LONGEST: usize = 64 * 1024;
/// What HTTP/2 adds to the length of each name and value (RFC 9113, 10.5.1).
const OVERHEAD: usize = 32;
/// Headers of a connection, which HTTP/2 does not allow (RFC 9113, 8.2.2).
const HOP_BY_HOP: [&[u8]; 5] =
    [b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection"];

/// What the client needs of a reply's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplyHeaders {
    pub status: u16,
    /// The `content-length`, if there is one.
    pub length: Option<u64>,
    pub grpc: Option<u16>,
    pub sets_cookies: bool,
}

/// Why a block of headers is not a reply's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadersError {
    /// It is not valid HPACK, so the whole connection cannot be trusted.
    Garbled,
    /// The reply breaks a rule of HTTP/2; other streams are not affected.
    Malformed(&'static str),
}

pub(super) const BREACH: &str = "a violation of the HTTP/2 protocol";
pub(super) const LONG_HEAD: &str = "an endless head";
pub(super) const LENGTH: &str = "an invalid content-length";
pub(super) const LENGTH_DIFFERS: &str = "a body of another length than announced";
const STATUS: &str = "an invalid status";

impl From<HpackError> for HeadersError {
    fn from(_: HpackError) -> Self {
        Self::Garbled
    }
}

#[derive(Default)]
struct HeaderFields {
    status: Option<u16>,
    length: Option<u64>,
    grpc: Option<u16>,
    sets_cookies: bool,
    /// A regular header was seen; no pseudo-header may follow it.
    plain: bool,
    bytes: usize,
    wrong: Option<&'static str>,
}

/// Reads a head. With `whole`, it is also written there as a status line and a header a line.
pub(super) fn head(
    block: &[u8],
    text: &mut HpackBuffers,
    whole: Option<&mut Vec<u8>>,
) -> Result<ReplyHeaders, HeadersError> {
    let fields = fields(block, text, whole)?;
    let status = fields.status.ok_or(HeadersError::Malformed(BREACH))?;
    Ok(ReplyHeaders {
        status,
        length: fields.length,
        grpc: fields.grpc,
        sets_cookies: fields.sets_cookies,
    })
}

/// Reads trailers, and returns their `grpc-status`.
pub(super) fn trailers(block: &[u8], text: &mut HpackBuffers) -> Result<Option<u16>, HeadersError> {
    let fields = fields(block, text, None)?;
    if fields.status.is_some() { Err(HeadersError::Malformed(BREACH)) } else { Ok(fields.grpc) }
}

fn fields(
    block: &[u8],
    text: &mut HpackBuffers,
    mut whole: Option<&mut Vec<u8>>,
) -> Result<HeaderFields, HeadersError> {
    let mut fields = HeaderFields::default();
    hpack::read(block, text, |name, value| {
        fields.take(name, value);
        if let (Some(whole), None) = (&mut whole, fields.wrong) {
            let parts: &[&[u8]] = match name {
                b":status" => &[b"HTTP/2 ", value, b"\r\n"],
                name => &[name, b": ", value, b"\r\n"],
            };
            parts.iter().for_each(|part| whole.extend_from_slice(part));
        }
    })?;
    if let Some(whole) = whole {
        whole.extend_from_slice(b"\r\n");
    }
    fields.wrong.map_or(Ok(fields), |wrong| Err(HeadersError::Malformed(wrong)))
}

impl HeaderFields {
    fn take(&mut self, name: &[u8], value: &[u8]) {
        self.bytes += name.len() + value.len() + OVERHEAD;
        let taken = match name {
            // Counted as it is without HPACK, of which one byte can stand for fifty.
            _ if self.bytes > LONGEST => Err(LONG_HEAD),
            b":status" if self.plain || self.status.is_some() => Err(BREACH),
            b":status" => status(value).map(|status| self.status = Some(status)).ok_or(STATUS),
            name if !is_name(name) || HOP_BY_HOP.contains(&name) => Err(BREACH),
            // They would end the line, where the head is kept as lines.
            _ if value.iter().any(|byte| matches!(byte, b'\0' | b'\r' | b'\n')) => Err(BREACH),
            b"content-length" => self.take_length(value),
            b"set-cookie" => {
                self.sets_cookies = true;
                Ok(())
            }
            b"grpc-status" => {
                self.grpc = std::str::from_utf8(value)
                    .ok()
                    .and_then(|value| value.parse().ok())
                    .or(self.grpc);
                Ok(())
            }
            _ => Ok(()),
        };
        self.plain |= !name.starts_with(b":");
        self.wrong = self.wrong.or(taken.err());
    }

    fn take_length(&mut self, value: &[u8]) -> Result<(), &'static str> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let length =
            std::str::from_utf8(value).ok().filter(|_| digits).and_then(|value| value.parse().ok());
        let length = length.filter(|length| self.length.is_none_or(|before| before == *length));
        self.length = Some(length.ok_or(LENGTH)?);
        Ok(())
    }
}

fn status(value: &[u8]) -> Option<u16> {
    let [hundreds @ b'1'..=b'9', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = *value else {
        return None;
    };
    let digit = |byte: u8| u16::from(byte - b'0');
    Some(100 * digit(hundreds) + 10 * digit(tens) + digit(ones))
}

/// Whether it is a valid name of a header; HTTP/2 allows no capital letters.
fn is_name(name: &[u8]) -> bool {
    let fits = |byte: &u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte)
    };
    !name.is_empty() && name.iter().all(fits)
}
