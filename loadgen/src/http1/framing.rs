//! Where a body ends (RFC 9112, section 6.3).

use super::{Malformed, ReplyTo};
use crate::job::Reuse;

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With a last chunk.
    Chunked,
    /// With the connection.
    UntilClose,
}

/// What a head says beside its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub status: u16,
    pub framing: Framing,
    pub reuse: Reuse,
    pub sets_cookies: bool,
}

#[derive(Default)]
struct Told {
    length: Option<u64>,
    coded: bool,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    sets_cookies: bool,
}

/// Reads what matters of a parsed head.
pub(super) fn head(response: &httparse::Response<'_, '_>, to: ReplyTo) -> Result<Head, Malformed> {
    let status = response.code.unwrap_or_default();
    if status < 100 {
        return Err(Malformed::Status(status));
    }
    let mut told = Told::default();
    for header in response.headers.iter() {
        told.take(header)?;
    }
    let bare = to == ReplyTo::Head || status < 200 || status == 204 || status == 304;
    let framing = match (&told, bare) {
        (_, true) => Framing::Length(0),
        (Told { chunked: true, .. }, _) => Framing::Chunked,
        (Told { coded: true, .. }, _) => Framing::UntilClose,
        (Told { length: Some(length), .. }, _) => Framing::Length(*length),
        _ => Framing::UntilClose,
    };
    // Both a coding and a length: a sign of smuggling. The reply is read, the connection is not
    // trusted again.
    let doubtful = told.coded && told.length.is_some();
    let lasting = !told.close && (response.version == Some(1) || told.keep_alive);
    let reuse =
        if lasting && !doubtful && framing != Framing::UntilClose { Reuse::Yes } else { Reuse::No };
    Ok(Head { status, framing, reuse, sets_cookies: told.sets_cookies })
}

impl Told {
    fn take(&mut self, header: &httparse::Header<'_>) -> Result<(), Malformed> {
        if header.name.eq_ignore_ascii_case("content-length") {
            let length = length(header.value)?;
            if self.length.is_some_and(|before| before != length) {
                return Err(Malformed::Length);
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
fn length(value: &[u8]) -> Result<u64, Malformed> {
    let digit = |sum: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    let value = value.trim_ascii();
    let length = value.iter().try_fold(0, digit);
    length.filter(|_| !value.is_empty()).ok_or(Malformed::Length)
}
