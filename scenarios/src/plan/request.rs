//! Requests, checked: one method, a target that exists, JSON paths that parse.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{ExpectedResponse, GrpcCall, JsonPath};
use crate::scenario::Method;

/// How long to wait for an answer unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A request that may still contain `${names}` to fill in.
#[derive(Debug, Clone)]
pub struct Request {
    /// The HTTP method of the request.
    pub method: Method,
    /// Where it goes.
    pub target: RequestTarget,
    /// Headers to send.
    pub headers: BTreeMap<String, String>,
    /// The body, with `${…}` still to be filled in.
    pub body: Body,
    /// What a good answer is.
    pub expect: ExpectedResponse,
    /// How long to wait for it.
    pub timeout: Duration,
    /// The credentials that it carries, if any.
    pub auth: Option<Auth>,
    /// Whether redirects are followed.
    pub follow: bool,
}

/// Who asks; may contain `${names}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// A name and a password.
    Basic(String, String),
    /// A bearer token (RFC 6750).
    Bearer(String),
}

/// A service of the system and a path on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTarget {
    /// The service's name.
    pub service: String,
    /// The path with its query, from the slash on.
    pub path: String,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// No body at all.
    Empty,
    /// JSON; sent with that content type.
    Json(serde_json::Value),
    /// Fields and their values; sent with the content type of forms.
    Form(BTreeMap<String, String>),
    /// Anything else; its content type, if any, is among the headers.
    Text(String),
    /// A call of gRPC; its status is the one that [`ExpectedResponse::status`] is about.
    Call(Box<GrpcCall>),
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
    /// The request that this step sends.
    pub request: Request,
    /// Values to keep of the answer.
    pub save: Vec<(String, JsonPath)>,
}

impl Request {
    /// What is asked for, in a word: a method of HTTP, or that it is a call of gRPC.
    pub fn verb(&self) -> String {
        if self.call().is_some() { "gRPC".to_owned() } else { self.method.to_string() }
    }

    /// The call, if it is one of gRPC.
    pub fn call(&self) -> Option<&GrpcCall> {
        match &self.body {
            Body::Call(call) => Some(call),
            _ => None,
        }
    }
}

impl RequestTarget {
    /// Service and path without the query: what is meant, without how it is asked for.
    pub fn document(&self) -> String {
        format!("{}{}", self.service, self.path.split('?').next().unwrap_or_default())
    }
}

impl fmt::Display for RequestTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.service, self.path)
    }
}
