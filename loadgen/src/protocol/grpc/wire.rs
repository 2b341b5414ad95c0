//! gRPC's framing of messages, and a single call over the h2 crate.

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Request};

/// The longest reply that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// Why a single call got no message.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnaryCallError {
    #[error(transparent)]
    Url(#[from] http::Error),
    #[error(transparent)]
    Connection(#[from] h2::Error),
    /// A status of HTTP other than 200, from something that does not speak gRPC.
    #[error("it answers {0}")]
    Status(http::StatusCode),
    #[error("grpc-status {status}, {message}")]
    Refused { status: String, message: String },
    #[error("its reply is longer than {} MiB", LONGEST / (1024 * 1024))]
    Long,
    #[error("its reply holds no message")]
    NoMessage,
}

/// A message in gRPC's framing: a flag for no compression, the length, and the message.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[0], length.as_slice(), message].concat()
}

/// The first message of a reply.
pub(crate) fn unframed(body: &[u8]) -> Option<&[u8]> {
    let (head, rest) = body.split_at_checked(5)?;
    let length = u32::from_be_bytes(head[1..].try_into().ok()?) as usize;
    (head[0] == 0).then(|| rest.get(..length))?
}

/// Makes one call and returns the first message of its reply.
pub(super) async fn ask(
    send: &SendRequest<Bytes>,
    url: &str,
    message: &[u8],
) -> Result<Vec<u8>, UnaryCallError> {
    let request = Request::post(url)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())?;
    let mut send = send.clone().ready().await?;
    let (response, mut body) = send.send_request(request, false)?;
    body.send_data(framed(message).into(), true)?;
    let response = response.await?;
    // A server that refuses at once sends its status in the headers, and no trailers.
    check_status(response.headers())?;
    if response.status() != http::StatusCode::OK {
        return Err(UnaryCallError::Status(response.status()));
    }
    let (mut data, mut whole) = (response.into_body(), Vec::new());
    while let Some(part) = data.data().await {
        let part = part?;
        whole.extend_from_slice(&part);
        if whole.len() > LONGEST {
            return Err(UnaryCallError::Long);
        }
        data.flow_control().release_capacity(part.len())?;
    }
    if let Some(trailers) = data.trailers().await? {
        check_status(&trailers)?;
    }
    unframed(&whole).map(<[u8]>::to_vec).ok_or(UnaryCallError::NoMessage)
}

fn check_status(headers: &HeaderMap) -> Result<(), UnaryCallError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(status) = text("grpc-status").filter(|status| *status != "0") else { return Ok(()) };
    let message = text("grpc-message").unwrap_or("without a message").to_owned();
    Err(UnaryCallError::Refused { status: status.to_owned(), message })
}
