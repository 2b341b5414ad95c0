//! `--har`: requests as a browser recorded them, in their order.

use std::time::Duration;

use brunt_loadgen::{Address, HttpRequest};
use serde_json::Value;

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
#[derive(Debug)]
pub struct HarRequests {
    /// The requests, in their order.
    pub requests: Vec<HttpRequest>,
    /// Before each request: from the end of the one before it to its start.
    pub pauses: Vec<Duration>,
}

impl HarFile<'_> {
    /// The requests to the first entry's server, in their order.
    ///
    /// # Errors
    /// When it is no HAR file, or a request of it cannot be sent; the message names the entry.
    pub fn requests(&self, text: &str) -> Result<HarRequests, SourceError> {
        let recording: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| self.wrong(SourceProblem::NotJson(error)))?;
        let entries = recording["log"]["entries"].as_array();
        let entries = entries.ok_or_else(|| self.wrong(SourceProblem::NoEntries))?;
        let mut first: Option<Address> = None;
        let (mut requests, mut pauses, mut ended) = (Vec::new(), Vec::new(), None);
        for (number, entry) in entries.iter().enumerate() {
            let wrong = |problem| self.wrong(SourceProblem::Entry { number: number + 1, problem });
            let request = &entry["request"];
            let url = request["url"].as_str().ok_or_else(|| wrong(RequestProblem::NoUrl))?;
            // What a page holds itself, and sockets, are no requests.
            if ["data:", "blob:", "ws:", "wss:"].iter().any(|scheme| url.starts_with(scheme)) {
                continue;
            }
            let (address, path) = Address::split(url).map_err(|error| wrong(error.into()))?;
            // Pages load from other people's servers, and nobody asked for load on those.
            if *first.get_or_insert_with(|| address.clone()) != address {
                continue;
            }
            requests.push(self.request(request, address, path).map_err(wrong)?);
            pauses.push(pause(entry, &mut ended));
        }
        match requests.is_empty() {
            true => Err(self.wrong(SourceProblem::NoRequests)),
            false => Ok(HarRequests { requests, pauses }),
        }
    }

    fn request(
        &self,
        request: &Value,
        address: Address,
        path: &str,
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
        let mut headers: Vec<(String, String)> = self.headers.to_vec();
        for (name, value) in request["headers"].as_array().into_iter().flatten().filter_map(header)
        {
            let is = |other: &str| other.eq_ignore_ascii_case(name);
            let given = self.headers.iter().any(|(given, _)| is(given));
            if !name.starts_with(':') && !given && !NOT_SENT.iter().any(|one| is(one)) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(HttpRequest {
            method: method.parse().map_err(|_| RequestProblem::Method(method.to_owned()))?,
            address,
            path: format!("{prefix}{path}"),
            headers,
            body: body(&request["postData"]),
        })
    }

    fn wrong(&self, problem: SourceProblem) -> SourceError {
        SourceError { name: self.name.to_owned(), problem }
    }
}

/// The pause before an entry; requests that overlapped follow each other at once. Without times
/// there is none.
fn pause(entry: &Value, ended: &mut Option<jiff::Timestamp>) -> Duration {
    let started =
        entry["startedDateTime"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let took =
        entry["time"].as_f64().and_then(|millis| Duration::try_from_secs_f64(millis / 1e3).ok());
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

/// The recorded text, or the form that it was made of.
fn body(recorded: &Value) -> Vec<u8> {
    match recorded["text"].as_str().filter(|text| !text.is_empty()) {
        Some(text) => text.as_bytes().to_vec(),
        None => {
            let fields = recorded["params"].as_array().into_iter().flatten().filter_map(header);
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish()
                .into_bytes()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(text: &str, base: Option<&str>) -> Result<Vec<String>, SourceError> {
        let headers = [("x-a".to_owned(), "mine".to_owned())];
        let recording = HarFile { name: "shop.har", base, headers: &headers };
        let recorded = recording.requests(text)?;
        let line = |one: &HttpRequest| {
            let headers: Vec<_> =
                one.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let body = String::from_utf8_lossy(&one.body);
            format!("{} {} {} {} {body}", one.method, one.address, one.path, headers.join(","))
        };
        Ok(recorded.requests.iter().map(line).collect())
    }

    const SHOP: &str = r#"{"log": {"entries": [
        {"request": {"method": "GET", "url": "https://shop.example/a?b=1#c", "headers": [
            {"name": ":authority", "value": "shop.example"}, {"name": "Host", "value": "shop.example"},
            {"name": "X-A", "value": "theirs"}, {"name": "Accept", "value": "text/html"}]}},
        {"request": {"method": "GET", "url": "https://ads.example/x", "headers": []}},
        {"request": {"method": "GET", "url": "data:image/png;base64,AA==", "headers": []}},
        {"request": {"method": "POST", "url": "https://shop.example/b", "postData": {"text": "hi"}}},
        {"request": {"method": "POST", "url": "https://shop.example", "postData": {"params":
            [{"name": "a", "value": "x y"}]}}}
    ]}}"#;

    #[test]
    fn recordings_are_asked_again() {
        let wanted = [
            "GET shop.example:443 /a?b=1 x-a=mine,Accept=text/html ",
            "POST shop.example:443 /b x-a=mine hi",
            "POST shop.example:443 / x-a=mine a=x+y",
        ];
        assert_eq!(requests(SHOP, None).unwrap(), wanted);
        let moved = requests(SHOP, Some("localhost:8080/test/")).unwrap();
        assert!(moved[0].starts_with("GET localhost:8080 /test/a?b=1 "), "{moved:?}");
    }

    #[test]
    fn pauses_are_those_between_requests() {
        let entry = |second: u64, took: f64| {
            serde_json::json!({"startedDateTime": format!("2026-01-01T00:00:0{second}.000Z"), "time": took,
                "request": {"method": "GET", "url": "http://h/"}})
        };
        let text = serde_json::json!({"log": {"entries": [entry(1, 500.0), entry(3, 2000.0), entry(4, 10.0)]}});
        let recording = HarFile { name: "a.har", base: None, headers: &[] };
        let pauses = recording.requests(&text.to_string()).map(|recorded| recorded.pauses).unwrap();
        assert_eq!(pauses, [Duration::ZERO, Duration::from_millis(1500), Duration::ZERO]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |text: &str| requests(text, None).unwrap_err().to_string();
        assert!(wrong("<html>").starts_with("shop.har: this is no HAR file: "));
        assert_eq!(wrong("{}"), "shop.har: this is no HAR file: it has no log with entries");
        assert_eq!(wrong(r#"{"log": {"entries": []}}"#), "shop.har: it holds no requests");
        assert_eq!(
            wrong(r#"{"log": {"entries": [{"request": {}}]}}"#),
            "shop.har: entry 1: it has no URL"
        );
    }
}
