//! Where a body ends (RFC 9112, section 6.3).

use super::error::MalformedReply;
use crate::protocol::reply::{ReplyTo, Reuse};

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFraming {
    /// After this many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// When the server closes the connection.
    UntilClose,
}

/// What the client needs of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReplyHead {
    pub status: u16,
    pub framing: BodyFraming,
    pub reuse: Reuse,
    pub sets_cookies: bool,
}

#[derive(Default)]
struct HeadFields {
    length: Option<u64>,
    coded: bool,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    sets_cookies: bool,
}

/// Reads what the client needs of a parsed head.
pub(super) fn head(
    response: &httparse::Response<'_, '_>,
    to: ReplyTo,
) -> Result<ReplyHead, MalformedReply> {
    let status = response.code.unwrap_or_default();
    if status < 100 {
        return Err(MalformedReply::Status(status));
    }
    let mut fields = HeadFields::default();
    for header in response.headers.iter() {
        fields.take(header)?;
    }
    let bare = to == ReplyTo::Head || status < 200 || status == 204 || status == 304;
    let framing = match (&fields, bare) {
        (_, true) => BodyFraming::Length(0),
        (HeadFields { chunked: true, .. }, _) => BodyFraming::Chunked,
        (HeadFields { coded: true, .. }, _) => BodyFraming::UntilClose,
        (HeadFields { length: Some(length), .. }, _) => BodyFraming::Length(*length),
        _ => BodyFraming::UntilClose,
    };
    // Both a coding and a length may be request smuggling (RFC 9112, 6.3), so the reply is read but
    // the connection is not used again.
    let doubtful = fields.coded && fields.length.is_some();
    let lasting = !fields.close && (response.version == Some(1) || fields.keep_alive);
    let reuse = if lasting && !doubtful && framing != BodyFraming::UntilClose {
        Reuse::Yes
    } else {
        Reuse::No
    };
    Ok(ReplyHead { status, framing, reuse, sets_cookies: fields.sets_cookies })
}

impl HeadFields {
    fn take(&mut self, header: &httparse::Header<'_>) -> Result<(), MalformedReply> {
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = length(header.value)?;
            if self.length.is_some_and(|before| before != length) {
                return Err(MalformedReply::Length);
            }
            self.length = Some(length);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            self.coded = true;
            // The chunked coding shows the body's end only if it is the last one.
            self.chunked = tokens(header.value)
                .last()
                .is_some_and(|last| last.eq_ignore_ascii_case(b"chunked"));
        } else if header.name.eq_ignore_ascii_case("connection") {
            self.close |= tokens(header.value).any(|token| token.eq_ignore_ascii_case(b"close"));
            self.keep_alive |=
                tokens(header.value).any(|token| token.eq_ignore_ascii_case(b"keep-alive"));
        } else {
            self.sets_cookies |= header.name.eq_ignore_ascii_case("set-cookie");
        }
        Ok(())
    }
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

/// A Content-Length. Digits only, as proxies disagree on signs and spaces.
fn length(value: &[u8]) -> Result<u64, MalformedReply> {
    let digit = |sum: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    let value = value.trim_ascii();
    let length = value.iter().try_fold(0, digit);
    length.filter(|_| !value.is_empty()).ok_or(MalformedReply::Length)
}
