//! One request at a time, beside the load: documents to read, figures to send.

use std::time::Duration;

use super::SiegeError;
use super::show::ask;
use crate::job::{Address, Request, Reuse, Transport, bytes};

/// What a URL answers.
pub(super) fn get(url: &str, transport: &Transport, timeout: Duration) -> Result<String, SiegeError> {
    let body = send(http::Method::GET, url, Vec::new(), transport, timeout)?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Sends JSON to a URL, which must answer with a 2xx.
pub(super) fn post(
    url: &str,
    json: String,
    transport: &Transport,
    timeout: Duration,
) -> Result<(), SiegeError> {
    send(http::Method::POST, url, json.into_bytes(), transport, timeout).map(drop)
}

fn send(
    method: http::Method,
    url: &str,
    body: Vec<u8>,
    transport: &Transport,
    timeout: Duration,
) -> Result<Vec<u8>, SiegeError> {
    let (address, path) = Address::split(url)?;
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let request = Request { method, address, path, headers, body };
    let sent = bytes(&request, Reuse::No, transport.names_server(&request.address))?;
    let shown = ask(&request, &sent, transport, timeout)?;
    match shown.reply.status {
        200..=299 => Ok(shown.body),
        status => Err(SiegeError::NoReply { address: url.to_owned(), what: format!("it answers {status}") }),
    }
}
