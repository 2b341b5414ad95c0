//! A request of HTTP/1.1, as HTTP/2 wants it.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, Version, header};

use crate::job::Scheme;

/// Headers that speak of a connection, and so have no place in HTTP/2.
const HOP_BY_HOP: [HeaderName; 5] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
    HeaderName::from_static("keep-alive"),
];
const MOST_HEADERS: usize = 128;

/// A request's head and body.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub head: Request<()>,
    pub body: Bytes,
}

impl Message {
    /// Reads the bytes of a whole HTTP/1.1 request with a length; `None` when they are none.
    pub fn parse(bytes: &[u8], scheme: Scheme) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(end) = parsed.parse(bytes).ok()? else { return None };
        let host = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"))?;
        let uri = Uri::builder()
            .scheme(scheme.to_string().as_str())
            .authority(host.value)
            .path_and_query(parsed.path?);
        let mut head = Request::new(());
        *head.method_mut() = parsed.method?.parse().ok()?;
        *head.uri_mut() = uri.build().ok()?;
        *head.version_mut() = Version::HTTP_2;
        for header in parsed.headers.iter() {
            let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
            if !HOP_BY_HOP.contains(&name) {
                head.headers_mut().append(name, HeaderValue::from_bytes(header.value).ok()?);
            }
        }
        Some(Self { head, body: Bytes::copy_from_slice(&bytes[end..]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_the_connection_is_left_out() {
        let bytes = b"POST /a?b HTTP/1.1\r\nHost: h:8080\r\nConnection: close\r\nX-A: 1\r\nX-A: 2\r\n\
            Content-Length: 2\r\n\r\nhi";
        let message = Message::parse(bytes, Scheme::Https).unwrap();
        assert_eq!(message.head.uri(), "https://h:8080/a?b");
        assert_eq!(message.head.method(), http::Method::POST);
        let headers: Vec<_> = message.head.headers().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(headers, ["x-a", "x-a", "content-length"]);
        assert_eq!(message.body, "hi");
    }

    #[test]
    fn what_is_no_request_is_none() {
        for bytes in [
            "",
            "GET / HTTP/1.1\r\nHost: h\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            assert!(Message::parse(bytes.as_bytes(), Scheme::Http).is_none(), "{bytes}");
        }
    }
}
