//! `--har`: requests as a browser recorded them, in their order.

mod body;
mod recording;

use std::time::Duration;

use brunt_loadgen::{Address, HttpRequest};
use serde_json::Value;

use self::body::{RecordedBody, recorded_body};
use self::recording::{RecordedEntry, Recording};
use super::budget::SourceBudget;
use crate::error::{RequestProblem, SourceError, SourceProblem};

/// Recorded headers that are not sent: those of the connection, those that are computed for each
/// request, and conditions that would turn replies into a 304.
const NOT_SENT: [&str; 10] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "keep-alive",
    "proxy-connection",
    "upgrade",
    "te",
    "if-none-match",
    "if-modified-since",
];

/// A recording, and what is wanted of it.
pub struct HarFile<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// Where requests go in place of the recorded server.
    pub base: Option<&'a str>,
    /// Headers of every request, over recorded ones.
    pub headers: &'a [(String, String)],
}

/// What was recorded.
#[derive(Debug, Default)]
pub struct HarRequests {
    /// The requests, in their order.
    pub requests: Vec<HttpRequest>,
    /// Before each request: from the end of the one before it to its start.
    pub pauses: Vec<Duration>,
    /// How many entries are of other servers than the first one's.
    pub of_others: usize,
    /// How many entries are no requests that HTTP could repeat: other schemes, CONNECT,
    /// URLs that are none.
    pub not_http: usize,
    /// How many bodies are said to be in base64 and are not; they are sent as they stand there.
    pub not_base64: usize,
}

impl HarFile<'_> {
    /// The requests to the first server, in their order. Entries of others, and those that are no
    /// requests of HTTP, are passed over and counted.
    ///
    /// # Errors
    /// When it is no HAR file, or a request of it cannot be sent; the message names the entry.
    pub fn requests(&self, text: &str) -> Result<HarRequests, SourceError> {
        let entries = Recording::read(text).map_err(|problem| self.wrong(problem))?.entries();
        let entries = entries.ok_or_else(|| self.wrong(SourceProblem::NoEntries))?;
        let mut first: Option<Address> = None;
        let mut found = HarRequests::default();
        let (mut ended, mut budget) = (None, SourceBudget::new());
        for (number, entry) in entries.into_iter().enumerate() {
            let wrong = |problem| self.wrong(SourceProblem::Entry { number: number + 1, problem });
            let request = &entry.request;
            let url = request["url"].as_str().ok_or_else(|| wrong(RequestProblem::NoUrl))?;
            let is_tunnel = request["method"].as_str() == Some("CONNECT");
            // What a page holds itself, sockets, extensions of the browser and a proxy's tunnels
            // stand in recordings as well.
            let Some((address, path)) = Address::split(url).ok().filter(|_| !is_tunnel) else {
                found.not_http += 1;
                continue;
            };
            // Pages load from other people's servers, and nobody asked for load on those.
            if *first.get_or_insert_with(|| address.clone()) != address {
                found.of_others += 1;
                continue;
            }
            let body = recorded_body(request);
            found.not_base64 += usize::from(!body.is_decoded);
            let request = self.request(request, body, (address, path)).map_err(wrong)?;
            budget.take(&request).map_err(|error| self.wrong(error.into()))?;
            found.requests.push(request);
            found.pauses.push(pause(&entry, &mut ended));
        }
        match found.requests.is_empty() {
            true => Err(self.wrong(SourceProblem::NoRequests)),
            false => Ok(found),
        }
    }

    fn request(
        &self,
        request: &Value,
        body: RecordedBody,
        (address, path): (Address, &str),
    ) -> Result<HttpRequest, RequestProblem> {
        let method = request["method"].as_str().unwrap_or("GET");
        let (address, prefix) = match self.base {
            None => (address, String::new()),
            Some(base) => {
                let url =
                    if base.contains("://") { base.to_owned() } else { format!("http://{base}") };
                let (address, prefix) = Address::split(&url)?;
                (address, prefix.trim_end_matches('/').to_owned())
            }
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let mut headers = self.recorded_headers(request);
        if let Some(content_type) = body.content_type {
            headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            headers.push(("Content-Type".to_owned(), content_type));
        }
        Ok(HttpRequest {
            method: method.parse().map_err(|_| RequestProblem::Method(method.to_owned()))?,
            address,
            path: format!("{prefix}{path}"),
            headers,
            body: body.bytes,
        })
    }

    /// The headers that are sent: the user's own, the recorded ones that are none of these, and
    /// what the recording has beside its headers.
    fn recorded_headers(&self, request: &Value) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> = self.headers.to_vec();
        for (name, value) in request["headers"].as_array().into_iter().flatten().filter_map(header)
        {
            let is = |other: &str| other.eq_ignore_ascii_case(name);
            let given = self.headers.iter().any(|(given, _)| is(given));
            if !name.starts_with(':') && !given && !NOT_SENT.iter().any(|one| is(one)) {
                add(&mut headers, name, value);
            }
        }
        // Some recorders take cookies out of the headers.
        let has = |headers: &[(String, String)], name: &str| {
            headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        if !has(&headers, "cookie") {
            let cookies = request["cookies"].as_array().into_iter().flatten().filter_map(header);
            cookies
                .for_each(|(name, value)| add(&mut headers, "Cookie", &format!("{name}={value}")));
        }
        let kind = request["postData"]["mimeType"].as_str().filter(|kind| !kind.is_empty());
        if let Some(kind) = kind.filter(|_| !has(&headers, "content-type")) {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
        }
        headers
    }

    fn wrong(&self, problem: SourceProblem) -> SourceError {
        SourceError { name: self.name.to_owned(), problem }
    }
}

/// Adds a recorded header. HTTP/2 splits cookies into several headers, and HTTP/1.1 has one.
fn add(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    let is_cookie = |name: &str| name.eq_ignore_ascii_case("cookie");
    match headers.iter_mut().find(|(there, _)| is_cookie(name) && is_cookie(there)) {
        Some((_, cookies)) => *cookies = format!("{cookies}; {value}"),
        None => headers.push((name.to_owned(), value.to_owned())),
    }
}

/// The pause before an entry; requests that overlapped follow each other at once. Without times
/// there is none.
fn pause(entry: &RecordedEntry, ended: &mut Option<jiff::Timestamp>) -> Duration {
    let started = entry.started.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let took =
        entry.time.as_f64().and_then(|millis| Duration::try_from_secs_f64(millis / 1e3).ok());
    let pause = match (*ended, started) {
        (Some(ended), Some(started)) => {
            Duration::try_from(started.duration_since(ended)).unwrap_or_default()
        }
        _ => Duration::ZERO,
    };
    // Overlapping entries end in any order; the next one's pause counts from the latest end.
    let end = started.and_then(|started| started.checked_add(took.unwrap_or_default()).ok());
    *ended = end.max(*ended);
    pause
}

fn header(recorded: &Value) -> Option<(&str, &str)> {
    Some((recorded["name"].as_str()?, recorded["value"].as_str()?))
}

#[cfg(test)]
mod tests;
