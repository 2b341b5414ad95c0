//! gRPC's framing of messages, and a single call over the h2 crate.

use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderMap, Request};

/// The longest reply that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

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
) -> Result<Vec<u8>, String> {
    let text = |error: h2::Error| error.to_string();
    let request = Request::post(url)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .map_err(|error| error.to_string())?;
    let mut send = send.clone().ready().await.map_err(text)?;
    let (response, mut body) = send.send_request(request, false).map_err(text)?;
    body.send_data(framed(message).into(), true).map_err(text)?;
    let response = response.await.map_err(text)?;
    if let Some(refused) = refusal(response.headers()) {
        return Err(refused);
    }
    if response.status() != http::StatusCode::OK {
        return Err(format!("it answers {}", response.status()));
    }
    let (mut data, mut whole) = (response.into_body(), Vec::new());
    while let Some(part) = data.data().await {
        let part = part.map_err(text)?;
        whole.extend_from_slice(&part);
        if whole.len() > LONGEST {
            return Err("its reply is longer than 16 MB".to_owned());
        }
        data.flow_control().release_capacity(part.len()).map_err(text)?;
    }
    let trailers = data.trailers().await.map_err(text)?;
    if let Some(refused) = trailers.as_ref().and_then(refusal) {
        return Err(refused);
    }
    unframed(&whole).map(<[u8]>::to_vec).ok_or_else(|| "its reply holds no message".to_owned())
}

fn refusal(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let status = text("grpc-status").filter(|status| *status != "0")?;
    Some(format!("grpc-status {status}, {}", text("grpc-message").unwrap_or("without a word")))
}
