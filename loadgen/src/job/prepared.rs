//! Requests as bytes, made once and sent as often as needed.

use std::time::Duration;

use super::{Address, Job, JobError, Request, Reuse, Version};
use crate::grpc;
use crate::http1::ReplyTo;
use crate::http2::Http2Request;
use crate::net::{Server, ServerSetupError};

/// A request that can be sent.
#[derive(Debug)]
pub(crate) struct PreparedRequest {
    /// Head and body.
    pub bytes: Box<[u8]>,
    /// Its server's place among the job's.
    pub server: usize,
    /// What its reply looks like.
    pub reply_to: ReplyTo,
    /// The same for HTTP/2, if that is spoken; made from the bytes when missing.
    pub message: Option<Http2Request>,
}

impl PreparedRequest {
    /// A request to a server of the job's.
    pub fn new(request: &Request, server: usize, job: &Job) -> Result<Self, JobError> {
        let whole = job.transport.names_server(&request.address);
        let bytes = bytes(request, job.reuse, whole)?.into_boxed_slice();
        let message = match job.transport.version {
            Version::Http1 => None,
            Version::Http2 => Http2Request::parse(&bytes, request.address.scheme),
        };
        Ok(Self { bytes, server, reply_to: ReplyTo::method(&request.method), message })
    }
}

/// A server, and what is spoken with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalledServer {
    pub address: Address,
    /// Whether it is called by gRPC, and so in HTTP/2, whatever else the job speaks.
    pub grpc: bool,
}

/// A job that can start.
#[derive(Debug)]
pub(crate) struct PreparedJob {
    pub job: Job,
    pub requests: Vec<PreparedRequest>,
    /// The servers of all requests.
    pub servers: Vec<Server>,
}

/// Why a job cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrepareError {
    #[error(transparent)]
    Request(#[from] JobError),
    #[error("{address}: {error}")]
    Server { address: String, error: ServerSetupError },
}

impl PreparedJob {
    pub fn new(job: Job) -> Result<Self, PrepareError> {
        // The servers of journeys come first, so that their steps know them by number.
        let mut known: Vec<CalledServer> =
            job.journeys.as_ref().map_or_else(Vec::new, |script| script.endpoints.clone());
        let mut requests = Vec::with_capacity(job.requests.len());
        for request in &job.requests {
            let place = known.iter().position(|one| !one.grpc && one.address == request.address);
            let server = place.unwrap_or_else(|| {
                known.push(CalledServer { address: request.address.clone(), grpc: false });
                known.len() - 1
            });
            requests.push(PreparedRequest::new(request, server, &job)?);
        }
        let calls = grpc::transport(job.transport.clone());
        let (mut tls, mut tls_of_calls) = (None, None);
        let server = |CalledServer { address, grpc }: CalledServer| {
            let server = match grpc {
                true => Server::new(&address, &calls, &mut tls_of_calls),
                false => Server::new(&address, &job.transport, &mut tls),
            };
            server.map_err(|error| PrepareError::Server { address: address.to_string(), error })
        };
        let servers = known.into_iter().map(server).collect::<Result<_, _>>()?;
        Ok(Self { job, requests, servers })
    }

    /// Whether a reply's body is wanted, or only its length.
    pub fn wants_body(&self) -> bool {
        self.job.key.is_some() || !self.job.answer.json.is_empty()
    }

    /// The time after which no request starts.
    pub fn lasts(&self) -> Option<Duration> {
        self.job.bound.time()
    }
}

/// A request's bytes; with a whole URL for a proxy that sees requests.
pub(crate) fn bytes(request: &Request, reuse: Reuse, whole_url: bool) -> Result<Vec<u8>, JobError> {
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
    let has_body =
        ["POST", "PUT", "PATCH"].contains(&request.method.as_str()) || !request.body.is_empty();
    if has_body && !given("content-length") && !given("transfer-encoding") {
        add("Content-Length", &request.body.len().to_string());
    }
    if reuse == Reuse::No && !given("connection") {
        add("Connection", "close");
    }
    head.push_str("\r\n");
    Ok([head.as_bytes(), &request.body].concat())
}

fn check(name: &str, value: &str) -> Result<(), JobError> {
    let good = http::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && http::HeaderValue::from_str(value).is_ok();
    let (name, value) = (name.to_owned(), value.to_owned());
    good.then_some(()).ok_or(JobError::Header { name, value })
}

/// A path that fits into a request line: spaces, controls and anything beyond ASCII become `%XX`.
fn escaped(path: &str) -> Result<String, JobError> {
    if !path.starts_with('/') && path != "*" {
        return Err(JobError::Path(path.to_owned()));
    }
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            0x21..=0x7e => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Transport;

    fn request(method: http::Method, path: &str, body: &str) -> Request {
        Request {
            method,
            address: Address::split("http://localhost:8080").unwrap().0,
            path: path.to_owned(),
            headers: vec![("X-A".to_owned(), "1".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    fn text(request: &Request, reuse: Reuse) -> String {
        String::from_utf8(bytes(request, reuse, false).unwrap()).unwrap().replace('\r', "")
    }

    #[test]
    fn requests_are_written_out() {
        let agent = concat!("User-Agent: brunt/", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            text(&request(http::Method::GET, "/a b?ü", ""), Reuse::No),
            format!(
                "GET /a%20b?%C3%BC HTTP/1.1\nHost: localhost:8080\n{agent}\nAccept: */*\nX-A: 1\nConnection: close\n\n"
            )
        );
        assert_eq!(
            text(&request(http::Method::POST, "/", "hello"), Reuse::Yes),
            format!(
                "POST / HTTP/1.1\nHost: localhost:8080\n{agent}\nAccept: */*\nX-A: 1\nContent-Length: 5\n\nhello"
            )
        );
    }

    #[test]
    fn a_proxy_is_told_where_a_request_goes() {
        let first_line = |url: &str, unix: bool| {
            let mut request = request(http::Method::GET, "/a", "");
            request.address = Address::split(url).unwrap().0;
            request.address.unix = unix.then(|| "/socket".into());
            let proxy = Some(Address::split("http://proxy:3128").unwrap().0);
            let transport = Transport { proxy, ..Transport::default() };
            let bytes =
                bytes(&request, Reuse::Yes, transport.names_server(&request.address)).unwrap();
            String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned()
        };
        assert_eq!(first_line("http://shop", false), "GET http://shop/a HTTP/1.1");
        assert_eq!(first_line("https://shop", false), "GET /a HTTP/1.1");
        assert_eq!(first_line("http://shop", true), "GET /a HTTP/1.1");
    }

    #[test]
    fn nothing_can_be_smuggled_into_the_head() {
        let mut bad = request(http::Method::GET, "/", "");
        bad.headers[0].1 = "1\r\nEvil: 1".to_owned();
        assert!(matches!(bytes(&bad, Reuse::Yes, false), Err(JobError::Header { .. })));
        let split = text(&request(http::Method::GET, "/\r\nEvil: 1", ""), Reuse::Yes);
        assert!(split.starts_with("GET /%0D%0AEvil:%201 HTTP/1.1\n"), "{split}");
    }
}
