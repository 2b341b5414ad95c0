//! Bodies of recorded requests: a text, bytes in base64, or the fields of a form.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// A boundary for forms of which none was recorded.
const BOUNDARY: &str = "brunt-4f1d7c9a2e";

/// A body as it is sent.
pub(super) struct RecordedBody {
    pub bytes: Vec<u8>,
    /// The content type, if the recorded one does not say what the body is.
    pub content_type: Option<String>,
    /// Whether it is what was recorded; not for a text that is said to be in base64 and is not.
    pub is_decoded: bool,
}

impl RecordedBody {
    fn new(bytes: Vec<u8>, content_type: Option<String>) -> Self {
        Self { bytes, content_type, is_decoded: true }
    }
}

/// The body of an entry's `request`: its text, or the fields that it was made of.
pub(super) fn recorded_body(request: &Value) -> RecordedBody {
    let data = &request["postData"];
    let params = data["params"].as_array().filter(|params| !params.is_empty());
    let text = data["text"].as_str().filter(|text| !text.is_empty());
    match (text, params) {
        (Some(text), _) if data["encoding"].as_str() == Some("base64") => {
            let decoded = from_base64(text);
            let is_decoded = decoded.is_some();
            let bytes = decoded.unwrap_or_else(|| text.as_bytes().to_vec());
            RecordedBody { bytes, content_type: None, is_decoded }
        }
        (Some(text), _) => RecordedBody::new(text.as_bytes().to_vec(), None),
        (None, Some(params)) => form(request, params),
        (None, None) => RecordedBody::new(Vec::new(), None),
    }
}

/// The bytes of a text in base64, of either alphabet, with or without its padding.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    const ANY_PADDING: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let read = |alphabet| GeneralPurpose::new(alphabet, ANY_PADDING).decode(&text).ok();
    read(&STANDARD).or_else(|| read(&URL_SAFE))
}

fn form(request: &Value, params: &[Value]) -> RecordedBody {
    let recorded = content_type(request);
    let kind = recorded.or(request["postData"]["mimeType"].as_str()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/") {
        return RecordedBody::new(url_encoded(params), None);
    }
    match boundary(kind) {
        Some(boundary) => RecordedBody::new(multipart(params, boundary), None),
        None => RecordedBody::new(
            multipart(params, BOUNDARY),
            Some(format!("multipart/form-data; boundary={BOUNDARY}")),
        ),
    }
}

/// The recorded `Content-Type`.
fn content_type(request: &Value) -> Option<&str> {
    let headers = request["headers"].as_array()?;
    let is = |header: &&Value| {
        header["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
    };
    headers.iter().find(is)?["value"].as_str()
}

/// `multipart/form-data; boundary=XbX`, where the boundary may stand in quotes.
fn boundary(kind: &str) -> Option<&str> {
    let parameters = kind.split(';').skip(1).filter_map(|one| one.split_once('='));
    let is = |(name, _): &(&str, &str)| name.trim().eq_ignore_ascii_case("boundary");
    let (_, value) = parameters.into_iter().find(is)?;
    Some(value.trim().trim_matches('"')).filter(|value| !value.is_empty())
}

fn multipart(params: &[Value], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for param in params {
        let text = |key: &str| param[key].as_str();
        // Browsers escape what would end the name (WHATWG, multipart/form-data).
        let quoted =
            |text: &str| text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
        let name = quoted(text("name").unwrap_or_default());
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        if let Some(file) = text("fileName") {
            head += &format!("; filename=\"{}\"", quoted(file));
        }
        if let Some(kind) = text("contentType") {
            head += &format!("\r\nContent-Type: {kind}");
        }
        let value = text("value").unwrap_or_default();
        body.extend_from_slice(format!("{head}\r\n\r\n{value}\r\n").as_bytes());
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// Some browsers record the fields of a form as they were sent, others decoded.
fn url_encoded(params: &[Value]) -> Vec<u8> {
    let encoded = |text: &str| match is_encoded(text) {
        true => text.to_owned(),
        false => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    };
    let pair = |param: &Value| {
        let text = |key: &str| encoded(param[key].as_str().unwrap_or_default());
        format!("{}={}", text("name"), text("value"))
    };
    params.iter().map(pair).collect::<Vec<_>>().join("&").into_bytes()
}

/// Whether a text has escapes, and nothing that would still have to be escaped.
fn is_encoded(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._+%".contains(&byte);
    let escapes = text.split('%').skip(1);
    let is_escape = |rest: &str| {
        rest.as_bytes().first_chunk::<2>().is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    text.contains('%') && text.bytes().all(plain) && escapes.into_iter().all(is_escape)
}
