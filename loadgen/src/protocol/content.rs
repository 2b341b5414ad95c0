//! The content of a reply, for those who look into it: journeys, redirects, cookies, pages.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::io::Read;

use brunt_scenarios::grpc::{MessageDescriptor, unpacked};
use serde_json::Value;

use super::grpc::unframed;

/// The most that a compressed body may grow to, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

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
        self.text
            .get_or_init(|| Some(String::from_utf8_lossy(&self.unpacked()?).into_owned()))
            .as_deref()
    }

    /// The body as JSON; `None` when it is none.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.unpacked()?).ok()).as_ref()
    }

    fn unpacked(&self) -> Option<Cow<'_, [u8]>> {
        if let Some(kind) = &self.message {
            return Some(Cow::Owned(
                unpacked(kind, unframed(&self.raw)?)?.to_string().into_bytes(),
            ));
        }
        match self.header("content-encoding").map(str::trim) {
            None | Some("" | "identity") => Some(Cow::Borrowed(&self.raw)),
            Some("gzip" | "x-gzip") => {
                let mut body = Vec::new();
                let unpacking = flate2::read::MultiGzDecoder::new(self.raw.as_slice());
                // A small reply can decompress to gigabytes, so reading stops one byte past the
                // limit.
                unpacking.take(LONGEST + 1).read_to_end(&mut body).ok()?;
                (body.len() as u64 <= LONGEST).then_some(Cow::Owned(body))
            }
            Some(_) => None,
        }
    }
}

fn headers(head: &[u8]) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let below = head.iter().position(|byte| *byte == b'\n').map_or(head.len(), |end| end + 1);
    let mut parsed = [httparse::EMPTY_HEADER; 128];
    // The reader has parsed it before, so this does not fail.
    match httparse::parse_headers(&head[below..], &mut parsed) {
        Ok(httparse::Status::Complete((_, headers))) => {
            headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn reply(encoding: &str, body: &[u8]) -> ReplyContent {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n"
        );
        ReplyContent::new(200, head.as_bytes(), body)
    }

    #[test]
    fn gzip_bodies_are_decompressed_when_they_are_read() {
        let reply = reply("gzip", &packed(b"{\"id\": 7}"));
        assert_eq!(reply.json().unwrap()["id"], 7);
        assert_eq!(reply.text(), Some("{\"id\": 7}"));
        assert_eq!(reply.all("SET-COOKIE").collect::<Vec<_>>(), ["a=1", "b=2"]);
    }

    #[test]
    fn a_body_that_cannot_be_decompressed_has_no_text() {
        assert_eq!(reply("br", b"x").text(), None);
        assert_eq!(reply("gzip", b"not gzip").text(), None);
        assert_eq!(reply("gzip", &packed(b"cut off")[..12]).text(), None);
    }

    #[test]
    fn a_compressed_body_is_not_decompressed_beyond_the_limit() {
        let bomb = packed(&vec![0; 64 * 1024 * 1024]);
        assert!(bomb.len() < 128 * 1024, "{}", bomb.len());
        assert_eq!(reply("gzip", &bomb).text(), None);
    }
}
