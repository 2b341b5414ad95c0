//! The content of a reply, for those who look into it: journeys, redirects, cookies, pages.

use std::borrow::Cow;
use std::cell::OnceCell;

use brunt_scenarios::grpc::{MessageDescriptor, unpacked};
use serde_json::Value;

use super::content_coding::decoded;
use super::exact_json;
use super::grpc::unframed;
use super::opaque;

/// The most that a compressed body may grow to, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A reply's headers and body. The body is decompressed and parsed when it is first read.
#[derive(Debug, Default)]
pub(crate) struct ReplyContent {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The `grpc-status`, if this is the reply to a gRPC call.
    pub grpc: Option<u16>,
    /// The type of the message in the body, if this is the reply to a gRPC call.
    message: Option<MessageDescriptor>,
    raw: Vec<u8>,
    text: OnceCell<Option<String>>,
    json: OnceCell<Option<Value>>,
}

impl ReplyContent {
    /// From a reply's head and body as they were received.
    pub fn new(status: u16, head: &[u8], body: &[u8]) -> Self {
        Self { status, headers: headers(head), raw: body.to_vec(), ..Self::default() }
    }

    /// Makes it the reply to a gRPC call, with its status and its message's type.
    pub fn of_call(self, status: u16, message: &MessageDescriptor) -> Self {
        Self { grpc: Some(status), message: Some(message.clone()), ..self }
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All headers of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as text, a gRPC message as JSON; `None` when its encoding is unknown or broken.
    pub fn text(&self) -> Option<&str> {
        self.text.get_or_init(|| Some(self.in_utf8(&self.unpacked()?).into_owned())).as_deref()
    }

    /// The body as JSON; `None` when it is none.
    pub fn json(&self) -> Option<&Value> {
        let parse = || {
            let body = self.unpacked()?;
            // Some servers begin a document with a byte order mark, which parsers may pass over
            // (RFC 8259, 8.1).
            let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&body);
            match self.is_latin_1() {
                true => exact_json::parse(self.in_utf8(body).as_bytes()).ok(),
                false => exact_json::parse(body).ok(),
            }
        };
        self.json.get_or_init(parse).as_ref()
    }

    /// A body as text. One that is no UTF-8 is in Latin-1 if its type says so; with anything else,
    /// what cannot be read is replaced.
    fn in_utf8<'b>(&self, body: &'b [u8]) -> Cow<'b, str> {
        match String::from_utf8_lossy(body) {
            Cow::Owned(_) if self.is_latin_1() => {
                Cow::Owned(body.iter().map(|byte| char::from(*byte)).collect())
            }
            text => text,
        }
    }

    fn is_latin_1(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let charset = kind.split(';').find_map(|part| part.trim().strip_prefix("charset="));
        let charset = charset.map(|charset| charset.trim_matches('"'));
        charset.is_some_and(|charset| ["iso-8859-1", "latin1", "windows-1252"].contains(&charset))
    }

    fn unpacked(&self) -> Option<Cow<'_, [u8]>> {
        if let Some(kind) = &self.message {
            return Some(Cow::Owned(
                unpacked(kind, unframed(&self.raw)?)?.to_string().into_bytes(),
            ));
        }
        let codings: Vec<&str> =
            self.all("content-encoding").flat_map(|line| line.split(',')).collect();
        decoded(codings.into_iter().map(str::trim), &self.raw, LONGEST)
    }
}

/// All values of a header in a reply's head.
pub(crate) fn header_values(head: &[u8], name: &str) -> Vec<String> {
    let all = headers(head).into_iter();
    all.filter(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

fn headers(head: &[u8]) -> Vec<(String, String)> {
    let below = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |end| end + 1);
    let lines = unfolded(&head[below..]);
    let mut parsed = [httparse::EMPTY_HEADER; 128];
    // The reader has parsed it before, so this does not fail.
    match httparse::parse_headers(&lines, &mut parsed) {
        Ok(httparse::Status::Complete((_, headers))) => {
            let text = |header: &httparse::Header<'_>| opaque::text(header.value);
            headers.iter().map(|header| (header.name.to_owned(), text(header))).collect()
        }
        _ => Vec::new(),
    }
}

/// Headers of one line each. A line that begins with white space continues the one before it, and
/// the break between them means one space (RFC 9112, 5.2).
fn unfolded(lines: &[u8]) -> Cow<'_, [u8]> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let is_fold = |pair: &[u8]| pair[0] == b'\n' && is_blank(&pair[1]);
    // Hardly any head has one, and all others are not copied.
    if !lines.windows(2).any(is_fold) {
        return Cow::Borrowed(lines);
    }
    let mut whole: Vec<u8> = Vec::with_capacity(lines.len());
    for line in lines.split(|byte| *byte == b'\n') {
        if line.first().is_some_and(is_blank) {
            whole.truncate(whole.trim_ascii_end().len());
            whole.push(b' ');
        }
        whole.extend_from_slice(line.trim_ascii());
        whole.extend_from_slice(b"\r\n");
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_over_several_lines_is_unfolded() {
        let head =
            b"HTTP/1.1 200 OK\r\nCSP: default-src 'self';\r\n      img-src 'self' data:;\r\n\
            \tscript-src 'self'\r\nEmpty:\r\n \r\nX:\n  late\r\nSet-Cookie: a=1\r\n\r\n";
        let reply = ReplyContent::new(200, head, b"");
        assert_eq!(
            reply.header("csp"),
            Some("default-src 'self'; img-src 'self' data:; script-src 'self'")
        );
        assert_eq!((reply.header("empty"), reply.header("x")), (Some(""), Some("late")));
        assert_eq!(reply.header("set-cookie"), Some("a=1"));
    }

    #[test]
    fn bodies_are_unpacked_when_they_are_read() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\ncontent-encoding: BR\r\n\
            Set-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n";
        let reply = ReplyContent::new(200, head, b"\x0b\x04\x80{\"id\": 7}\x03");
        assert_eq!(reply.json().unwrap()["id"], 7);
        assert_eq!(reply.text(), Some("{\"id\": 7}"));
        assert_eq!(reply.all("SET-COOKIE").collect::<Vec<_>>(), ["a=1", "b=2"]);
        let broken = ReplyContent::new(200, head, b"not brotli");
        assert_eq!((broken.text(), broken.json()), (None, None));
    }

    #[test]
    fn a_body_in_latin_1_is_read_where_its_type_says_so() {
        let of = |kind: &str, body: &[u8]| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n");
            let reply = ReplyContent::new(200, head.as_bytes(), body);
            (reply.text().map(str::to_owned), reply.json().map(|value| value["n"].to_string()))
        };
        let body = b"{\"n\": \"Jos\xe9\"}";
        let read = (Some("{\"n\": \"José\"}".to_owned()), Some("\"José\"".to_owned()));
        assert_eq!(of("application/json; charset=ISO-8859-1", body), read);
        assert_eq!(of("text/html;charset=\"latin1\"", body), read);
        assert_eq!(of("text/html; charset=latin1", "{\"n\": \"José\"}".as_bytes()), read);
        assert!(of("text/html", body).0.unwrap().contains('\u{fffd}'));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_document() {
        let reply = ReplyContent::new(200, b"HTTP/1.1 200 OK\r\n\r\n", b"\xef\xbb\xbf{\"id\": 7}");
        assert_eq!(reply.json().unwrap()["id"], 7);
    }
}
