//! Requests, checked: one method, a target that exists, JSON paths that parse.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::scenario::Method;

/// How long to wait for an answer unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A request that may still contain `${names}` to fill in.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes.
    pub target: Target,
    /// Headers to send.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Body,
    /// What a good answer is.
    pub expect: Answer,
    /// How long to wait for it.
    pub timeout: Duration,
}

/// A service of the system and a path on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The service's name.
    pub service: String,
    /// The path with its query, from the slash on.
    pub path: String,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON; sent with that content type.
    Json(serde_json::Value),
    /// Anything else; its content type, if any, is among the headers.
    Text(String),
}

/// What an answer must be.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Any of these; any 2xx or 3xx when empty.
    pub status: Vec<u16>,
    /// Each path must find something, and all that it finds must equal the value.
    pub json: Vec<(JsonPath, serde_json::Value)>,
}

/// A JSON path (RFC 9535) that parses, as it was written.
#[derive(Debug, Clone)]
pub struct JsonPath {
    text: String,
    path: serde_json_path::JsonPath,
}

/// A request made once.
#[derive(Debug, Clone)]
pub struct Step {
    /// What the report calls it.
    pub name: String,
    /// When, after the loads' start; `None` for setup, and for steps that follow the load.
    pub at: Option<Duration>,
    /// Try again until the answer is as expected, for at most this long.
    pub within: Option<Duration>,
    /// The request.
    pub request: Request,
    /// Values to keep of the answer.
    pub save: Vec<(String, JsonPath)>,
}

impl Answer {
    /// Whether a status is a good one.
    pub fn takes(&self, status: u16) -> bool {
        if self.status.is_empty() { (200..400).contains(&status) } else { self.status.contains(&status) }
    }

    /// What is wrong with a body, if anything is.
    pub fn objection(&self, body: &[u8]) -> Option<String> {
        if self.json.is_empty() {
            return None;
        }
        let Ok(document) = serde_json::from_slice(body) else {
            return Some("the body is not JSON".to_owned());
        };
        self.json.iter().find_map(|(path, wanted)| path.objection(&document, wanted))
    }
}

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    /// The parser's words when it is not a JSON path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let path = serde_json_path::JsonPath::parse(text).map_err(|error| error.to_string())?;
        Ok(Self { text: text.to_owned(), path })
    }

    /// All values that it finds.
    pub fn all<'a>(&self, document: &'a serde_json::Value) -> Vec<&'a serde_json::Value> {
        self.path.query(document).all()
    }

    /// The first value that it finds, as text: a string without its quotes.
    pub fn text(&self, document: &serde_json::Value) -> Option<String> {
        self.path.query(document).first().map(plain)
    }

    /// Why the document is not as wanted, if it is not.
    pub fn objection(&self, document: &serde_json::Value, wanted: &serde_json::Value) -> Option<String> {
        let found = self.all(document);
        if found.is_empty() {
            return Some(format!("{self} finds nothing"));
        }
        let others = found.iter().filter(|value| plain(value) != plain(wanted)).count();
        let example = found.iter().find(|value| plain(value) != plain(wanted))?;
        Some(match found.len() {
            1 => format!("{self} is {example}, not {wanted}"),
            n => format!("{self}: {others} of {n} are not {wanted}, such as {example}"),
        })
    }
}

/// A JSON value as text; a string without its quotes, so that `1` and `"1"` are the same key.
fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Target {
    /// Service and path without the query: what is meant, without how it is asked for.
    pub fn document(&self) -> String {
        format!("{}{}", self.service, self.path.split('?').next().unwrap_or_default())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.service, self.path)
    }
}
