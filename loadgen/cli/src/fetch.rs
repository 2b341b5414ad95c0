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
            Self::Status { .. } => false,
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

/// The text at a URL, which must answer with a 2xx.
pub(crate) fn get(
    url: &str,
    transport: &Transport,
    timeout: Duration,
) -> Result<String, FetchError> {
    let body = send_to(url, (Method::GET, Vec::new(), Vec::new()), transport, timeout)?;
    // A document with a wrong letter is still mostly readable; its parser says where it is not.
    Ok(String::from_utf8_lossy(&body).into_owned())
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
    send_to(url, (Method::POST, headers, json.into_bytes()), &transport, timeout).map(drop)
}

/// Method, headers and body.
type Content = (Method, Vec<(String, String)>, Vec<u8>);

fn send_to(
    url: &str,
    (method, headers, body): Content,
    transport: &Transport,
    timeout: Duration,
) -> Result<Vec<u8>, FetchError> {
    let (address, path) = Address::split(url)?;
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let request = HttpRequest { method, address, path, headers, body };
    let reply = send(&request, transport, timeout)?;
    match reply.reply.status {
        200..=299 => Ok(reply.body),
        status => Err(FetchError::Status { url: url.to_owned(), status }),
    }
}
