//! Where a body ends (RFC 9112, section 6.3).

use super::error::MalformedReply;
use crate::protocol::reply::{ReplyTo, Reuse};

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFraming {
    /// After so many bytes.
    Length(u64),
    /// With a last chunk.
    Chunked,
    /// With the connection.
    UntilClose,
}

/// What a head says beside its status.
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

/// Reads what matters of a parsed head.
pub(super) fn head(
    response: &httparse::Response<'_, '_>,
    to: ReplyTo,
) -> Result<ReplyHead, MalformedReply> {
    let status = response.code.unwrap_or_default();
    if status < 100 {
        return Err(MalformedReply::Status(status));
    }
    let mut told = HeadFields::default();
    for header in response.headers.iter() {
        told.take(header)?;
    }
    let bare = to == ReplyTo::Head || status < 200 || status == 204 || status == 304;
    let framing = match (&told, bare) {
        (_, true) => BodyFraming::Length(0),
        (HeadFields { chunked: true, .. }, _) => BodyFraming::Chunked,
        (HeadFields { coded: true, .. }, _) => BodyFraming::UntilClose,
        (HeadFields { length: Some(length), .. }, _) => BodyFraming::Length(*length),
        _ => BodyFraming::UntilClose,
    };
    // Both a coding and a length: a sign of smuggling. The reply is read, the connection is not
    // trusted again.
    let doubtful = told.coded && told.length.is_some();
    let lasting = !told.close && (response.version == Some(1) || told.keep_alive);
    let reuse = if lasting && !doubtful && framing != BodyFraming::UntilClose {
        Reuse::Yes
    } else {
        Reuse::No
    };
    Ok(ReplyHead { status, framing, reuse, sets_cookies: told.sets_cookies })
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
            // Only as the last coding does it say where the body ends.
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

/// Digits only: a sign or a space would be read differently elsewhere.
fn length(value: &[u8]) -> Result<u64, MalformedReply> {
    let digit = |sum: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    let value = value.trim_ascii();
    let length = value.iter().try_fold(0, digit);
    length.filter(|_| !value.is_empty()).ok_or(MalformedReply::Length)
}
