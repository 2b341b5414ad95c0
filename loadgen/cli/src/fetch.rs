//! One request at a time, beside the load: documents to read, figures to send.

use std::time::Duration;

use super::SiegeError;
use brunt_loadgen::{Address, Request, Transport, send_single};

/// What a URL answers.
pub(super) fn get(
    url: &str,
    transport: &Transport,
    timeout: Duration,
) -> Result<String, SiegeError> {
    let asked = Asked { method: http::Method::GET, headers: Vec::new(), body: Vec::new() };
    let body = send(url, asked, transport, timeout)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Sends JSON to a URL, which must answer with a 2xx.
pub(super) fn post(
    url: &str,
    json: String,
    headers: &[(String, String)],
    transport: &Transport,
    timeout: Duration,
) -> Result<(), SiegeError> {
    let json_headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    let headers = json_headers.iter().chain(headers).cloned().collect();
    let asked = Asked { method: http::Method::POST, headers, body: json.into_bytes() };
    send(url, asked, transport, timeout).map(drop)
}

struct Asked {
    method: http::Method,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn send(
    url: &str,
    Asked { method, headers, body }: Asked,
    transport: &Transport,
    timeout: Duration,
) -> Result<Vec<u8>, SiegeError> {
    let (address, path) = Address::split(url)?;
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let request = Request { method, address, path, headers, body };
    let shown = send_single(&request, transport, timeout)
        .map_err(|error| SiegeError::single(&request, error))?;
    match shown.reply.status {
        200..=299 => Ok(shown.body),
        status => Err(SiegeError::Refused { url: url.to_owned(), status }),
    }
}
