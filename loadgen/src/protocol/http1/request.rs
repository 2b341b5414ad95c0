//! Writes requests as bytes of HTTP/1.1.

use crate::protocol::opaque;
use crate::protocol::reply::Reuse;
use crate::request::HttpRequest;

/// Why a request cannot be written as HTTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsendableRequest {
    /// A path that does not begin with a slash.
    #[error("`{0}` is not a path: it must start with a slash")]
    Path(String),
    /// A name or value that would break the head, such as one with a line break.
    #[error("`{name}: {value}` is not a header")]
    Header {
        /// The name as it was given.
        name: String,
        /// The value as it was given.
        value: String,
    },
}

/// A request's bytes. A proxy that forwards requests without a tunnel needs the whole URL.
pub(crate) fn request_bytes(
    request: &HttpRequest,
    reuse: Reuse,
    whole_url: bool,
) -> Result<Vec<u8>, UnsendableRequest> {
    let mut path = escaped(&request.path)?;
    if whole_url {
        path = format!("http://{}{path}", request.address.authority());
    }
    let given =
        |name: &str| request.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method);
    let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
    if !given("host") {
        add("Host", &request.address.authority());
    }
    if !given("user-agent") {
        add("User-Agent", concat!("brunt/", env!("CARGO_PKG_VERSION")));
    }
    if !given("accept") {
        add("Accept", "*/*");
    }
    for (name, value) in &request.headers {
        check(name, value)?;
        add(name, value);
    }
    // Servers may refuse these methods without a length, even when there is no body (RFC 9110,
    // 8.6).
    let has_body =
        ["POST", "PUT", "PATCH"].contains(&request.method.as_str()) || !request.body.is_empty();
    if has_body && !given("content-length") && !given("transfer-encoding") {
        add("Content-Length", &request.body.len().to_string());
    }
    if reuse == Reuse::No && !given("connection") {
        add("Connection", "close");
    }
    head.push_str("\r\n");
    Ok([&*opaque::bytes(&head), &request.body].concat())
}

fn check(name: &str, value: &str) -> Result<(), UnsendableRequest> {
    let good = http::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && http::HeaderValue::from_str(value).is_ok();
    let (name, value) = (name.to_owned(), value.to_owned());
    good.then_some(()).ok_or(UnsendableRequest::Header { name, value })
}

/// Escapes a path for the request line: spaces, controls and non-ASCII bytes become `%XX`.
fn escaped(path: &str) -> Result<String, UnsendableRequest> {
    if !path.starts_with('/') && path != "*" {
        return Err(UnsendableRequest::Path(path.to_owned()));
    }
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            // Escapes that are there, such as %2F, stay as they are: decoding them could change the
            // path.
            0x21..=0x7e => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::transport::Transport;

    fn request(method: http::Method, path: &str, body: &str) -> HttpRequest {
        HttpRequest {
            method,
            address: Address::split("http://localhost:8080").unwrap().0,
            path: path.to_owned(),
            headers: vec![("X-A".to_owned(), "1".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn text(request: &HttpRequest, reuse: Reuse) -> String {
        String::from_utf8(request_bytes(request, reuse, false).unwrap()).unwrap().replace('\r', "")
    }

    #[test]
    fn a_cookie_of_bytes_that_are_no_text_is_sent_back_as_it_came() {
        let cookie = opaque::text(b"city=\xc5rhus");
        let headers = vec![("Cookie".to_owned(), cookie)];
        let request = HttpRequest { headers, ..request(http::Method::GET, "/", "") };
        let bytes = request_bytes(&request, Reuse::Yes, false).unwrap();
        let wanted = b"Cookie: city=\xc5rhus\r\n";
        assert!(bytes.windows(wanted.len()).any(|part| part == wanted), "{bytes:?}");
    }

    #[test]
    fn requests_are_written_as_http() {
        let agent = concat!("User-Agent: brunt/", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            text(&request(http::Method::GET, "/a b?ü", ""), Reuse::No),
            format!(
                "GET /a%20b?%C3%BC HTTP/1.1\nHost: localhost:8080\n{agent}\nAccept: */*\nX-A: \
                 1\nConnection: close\n\n"
            )
        );
        assert_eq!(
            text(&request(http::Method::POST, "/", "hello"), Reuse::Yes),
            format!(
                "POST / HTTP/1.1\nHost: localhost:8080\n{agent}\nAccept: */*\nX-A: \
                 1\nContent-Length: 5\n\nhello"
            )
        );
    }

    #[test]
    fn requests_through_a_forwarding_proxy_have_the_whole_url() {
        let first_line = |url: &str, unix: bool| {
            let mut request = request(http::Method::GET, "/a", "");
            request.address = Address::split(url).unwrap().0;
            request.address.unix = unix.then(|| "/socket".into());
            let proxy = Some(Address::split("http://proxy:3128").unwrap().0);
            let transport = Transport { proxy, ..Transport::default() };
            let bytes =
                request_bytes(&request, Reuse::Yes, transport.names_server(&request.address))
                    .unwrap();
            String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned()
        };
        assert_eq!(first_line("http://shop", false), "GET http://shop/a HTTP/1.1");
        assert_eq!(first_line("https://shop", false), "GET /a HTTP/1.1");
        assert_eq!(first_line("http://shop", true), "GET /a HTTP/1.1");
    }

    #[test]
    fn line_breaks_cannot_get_into_a_requests_head() {
        let mut bad = request(http::Method::GET, "/", "");
        bad.headers[0].1 = "1\r\nEvil: 1".to_owned();
        assert!(matches!(
            request_bytes(&bad, Reuse::Yes, false),
            Err(UnsendableRequest::Header { .. })
        ));
        let split = text(&request(http::Method::GET, "/\r\nEvil: 1", ""), Reuse::Yes);
        assert!(split.starts_with("GET /%0D%0AEvil:%201 HTTP/1.1\n"), "{split}");
    }
}
