//! What a reply's headers say, as far as a load needs it.

use super::hpack;

use super::hpack::HpackBuffers;

use super::hpack::HpackError;

/// The longest head that is put up with, in bytes as HTTP/2 counts them; that of HTTP/1.1.
pub(super) const LONGEST: usize = 64 * 1024;
/// What HTTP/2 adds to a header's name and value when it counts them.
const OVERHEAD: usize = 32;
/// Headers that speak of a connection, and so have no place in HTTP/2.
const HOP_BY_HOP: [&[u8]; 5] =
    [b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection"];

/// What the head of a reply says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplyHeaders {
    pub status: u16,
    /// What it says of its body's length.
    pub length: Option<u64>,
    pub grpc: Option<u16>,
    pub sets_cookies: bool,
}

/// Why a block of headers is none of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadersError {
    /// HPACK cannot read it: nothing that comes on the connection can be trusted.
    Garbled,
    /// The reply breaks the rules by this name.
    Malformed(&'static str),
}

pub(super) const BREACH: &str = "a breach of HTTP/2's rules";
pub(super) const LONG_HEAD: &str = "a head without an end";
pub(super) const LENGTH: &str = "a content-length that is not a length";
pub(super) const LENGTH_DIFFERS: &str = "a body of another length than announced";
const STATUS: &str = "a status that is none";

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
    /// A header that is none of HTTP's own came.
    plain: bool,
    bytes: usize,
    wrong: Option<&'static str>,
}

/// Reads a head; it is written to `whole` as a status line and a header a line, if that is wanted.
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

/// Reads trailers: the status of gRPC, if they have one.
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
            _ if self.bytes > LONGEST => Err(LONG_HEAD),
            b":status" if self.plain || self.status.is_some() => Err(BREACH),
            b":status" => status(value).map(|status| self.status = Some(status)).ok_or(STATUS),
            name if !is_name(name) || HOP_BY_HOP.contains(&name) => Err(BREACH),
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

/// Whether it is a name of a header, which HTTP/2 has in small letters.
fn is_name(name: &[u8]) -> bool {
    let fits = |byte: &u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte)
    };
    !name.is_empty() && name.iter().all(fits)
}
