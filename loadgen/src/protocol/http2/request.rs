//! Packs a request for HTTP/2.

use bytes::Bytes;
use http::{HeaderName, Method, header};

use brunt_hpack as hpack;

use crate::address::Scheme;
use crate::protocol::reply::ReplyTo;

/// Headers of a connection, which HTTP/2 does not allow (RFC 9113, 8.2.2).
const HOP_BY_HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
    HeaderName::from_static("keep-alive"),
];
const MOST_HEADERS: usize = 128;

/// A request's head in HPACK, and its body.
#[derive(Debug, Clone)]
pub(crate) struct Http2Request {
    /// The same bytes on every connection, since no dynamic table is used.
    pub head: Bytes,
    pub body: Bytes,
    pub to: ReplyTo,
}

impl Http2Request {
    /// Converts the bytes of a whole HTTP/1.1 request with a length; `None` when they are not one.
    pub fn parse(bytes: &[u8], scheme: Scheme) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(end) = parsed.parse(bytes).ok()? else { return None };
        let host = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"))?;
        let method: Method = parsed.method?.parse().ok()?;
        let mut head = Vec::with_capacity(end);
        hpack::write(&mut head, b":method", method.as_str().as_bytes());
        hpack::write(&mut head, b":scheme", scheme.to_string().as_bytes());
        hpack::write(&mut head, b":authority", host.value);
        hpack::write(&mut head, b":path", parsed.path?.as_bytes());
        for header in parsed.headers.iter() {
            // `HeaderName` lower-cases, as HTTP/2 requires.
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
            if !HOP_BY_HOP.contains(&name) {
                hpack::write(&mut head, name.as_str().as_bytes(), header.value);
            }
        }
        Some(Self {
            head: head.into(),
            body: Bytes::copy_from_slice(&bytes[end..]),
            to: ReplyTo::method(&method),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_connection_are_left_out_over_http2() {
        let bytes =
            b"POST /a?b HTTP/1.1\r\nHost: h:8080\r\nConnection: close\r\nX-A: 1\r\nX-A: 2\r\n\
            Content-Length: 2\r\n\r\nhi";
        let message = Http2Request::parse(bytes, Scheme::Https).unwrap();
        let mut fields = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let each =
            |name: &[u8], value: &[u8]| fields.push(format!("{}: {}", text(name), text(value)));
        hpack::read(&message.head, &mut hpack::HpackBuffers::default(), each).unwrap();
        let pseudo = [":method: POST", ":scheme: https", ":authority: h:8080", ":path: /a?b"];
        assert_eq!(fields, [&pseudo[..], &["x-a: 1", "x-a: 2", "content-length: 2"]].concat());
        assert_eq!(message.body, "hi");
    }

    #[test]
    fn bytes_that_are_no_request_cannot_be_packed() {
        for bytes in [
            "",
            "GET / HTTP/1.1\r\nHost: h\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            assert!(Http2Request::parse(bytes.as_bytes(), Scheme::Http).is_none(), "{bytes}");
        }
    }
}
