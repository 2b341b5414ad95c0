//! One request at a time, beside the load: pages to show, documents to read, metrics to send.

use std::time::Duration;

use brunt_loadgen::{
    Address, AddressError, HttpRequest, JobError, SingleReply, SingleRequestError, Transport,
};
use http::Method;

/// Why a single request has no good reply.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A URL that cannot be used.
    #[error(transparent)]
    Url(#[from] AddressError),
    /// A path or a header that cannot be sent.
    #[error(transparent)]
    Invalid(#[from] JobError),
    /// A request that cannot be sent, or gets no reply.
    #[error("{address}: {error}")]
    NoReply {
        /// Host and port.
        address: String,
        /// What happened to the request.
        #[source]
        error: SingleRequestError,
    },
    /// A document behind redirects without an end.
    #[error("{0}: more than {MOST_REDIRECTS} redirects")]
    Redirects(String),
    /// A document in a content coding that is unknown, or that makes it longer than 16 MiB.
    #[error("{0}: its Content-Encoding cannot be decoded")]
    Coding(String),
    /// A reply with another status than 2xx.
    #[error("{url}: it answers {status}")]
    Status {
        /// As it was given.
        url: String,
        /// The status of the reply, below 200 or above 299.
        status: u16,
    },
}

impl FetchError {
    /// Whether the request itself is wrong, so that it could not even be sent.
    pub(crate) fn is_of_the_request(&self) -> bool {
        match self {
            Self::Url(_) | Self::Invalid(_) => true,
            Self::NoReply { error, .. } => {
                matches!(error, SingleRequestError::Lookup(_) | SingleRequestError::Tls(_))
            }
            Self::Status { .. } | Self::Redirects(_) | Self::Coding(_) => false,
        }
    }
}

/// Sends a request and waits for its reply, whatever its status; blocks for up to `timeout`.
pub(crate) fn send(
    request: &HttpRequest,
    transport: &Transport,
    timeout: Duration,
) -> Result<SingleReply, FetchError> {
    brunt_loadgen::send_single(request, transport, timeout).map_err(|error| match error {
        SingleRequestError::Request(error) => FetchError::Invalid(error),
        error => FetchError::NoReply { address: request.address.to_string(), error },
    })
}

/// The most redirects from one URL to a document.
const MOST_REDIRECTS: usize = 10;

/// The text at a URL, which must answer with a 2xx, maybe after redirects; and the URL that did.
pub(crate) fn get(
    url: &str,
    transport: &Transport,
    timeout: Duration,
) -> Result<(String, String), FetchError> {
    let mut url = url.to_owned();
    for _ in 0..MOST_REDIRECTS {
        let reply = ask(&url, (Method::GET, Vec::new(), Vec::new()), transport, timeout)?;
        match (reply.reply.status, redirected(&url, &reply)) {
            (200..=299, _) => {
                let Some(body) = reply.plain_body() else { return Err(FetchError::Coding(url)) };
                let text = String::from_utf8_lossy(&body);
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
                // A document with a wrong letter is still mostly readable; its parser says where
                // it is not.
                return Ok((url, text));
            }
            (301 | 302 | 303 | 307 | 308, Some(next)) => url = next,
            (status, _) => return Err(FetchError::Status { url, status }),
        }
    }
    Err(FetchError::Redirects(url))
}

/// Where a reply's `Location` leads.
fn redirected(url: &str, reply: &SingleReply) -> Option<String> {
    let head = String::from_utf8_lossy(&reply.head);
    let is = |name: &str| name.trim().eq_ignore_ascii_case("location");
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let (_, location) = lines.into_iter().find(|(name, _)| is(name))?;
    Some(url::Url::parse(url).ok()?.join(location.trim()).ok()?.to_string())
}

/// Sends JSON to a URL, which must answer with a 2xx.
pub(crate) fn post(
    url: &str,
    json: String,
    headers: &[(String, String)],
    timeout: Duration,
) -> Result<(), FetchError> {
    let content_type = [("Content-Type".to_owned(), "application/json".to_owned())];
    let headers = content_type.iter().chain(headers).cloned().collect();
    // A collector is no server under load: the load's certificates and proxy are not for it.
    let transport = Transport::default();
    let reply = ask(url, (Method::POST, headers, json.into_bytes()), &transport, timeout)?;
    match reply.reply.status {
        200..=299 => Ok(()),
        status => Err(FetchError::Status { url: url.to_owned(), status }),
    }
}

/// Method, headers and body.
type Content = (Method, Vec<(String, String)>, Vec<u8>);

fn ask(
    url: &str,
    (method, headers, body): Content,
    transport: &Transport,
    timeout: Duration,
) -> Result<SingleReply, FetchError> {
    let (address, path) = Address::split(url)?;
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    send(&HttpRequest { method, address, path, headers, body }, transport, timeout)
}
