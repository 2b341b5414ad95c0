//! Requests as they are written: a method with its target, a body, and what the answer must be.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AuthSpec, ExpectedResponseSpec, GrpcCallSpec, JourneyStepSpec, LoadSpec};
use crate::source::Located;
use crate::units::{Period, Positive};

/// A single request, at a time or in its place, and what its answer must be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StepSpec {
    /// What the report calls it; method and target unless given.
    pub name: Option<String>,
    /// When, after the load's start; after the load's end unless given.
    pub at: Option<Located<Period>>,
    /// Try again until the answer is as expected, for at most this long.
    pub within: Option<Positive<Period>>,
    /// `GET` this, written `service/path`.
    pub get: Option<Located<String>>,
    /// `POST` to this, written `service/path`.
    pub post: Option<Located<String>>,
    /// `PUT` to this, written `service/path`.
    pub put: Option<Located<String>>,
    /// `PATCH` this, written `service/path`.
    pub patch: Option<Located<String>>,
    /// `DELETE` this, written `service/path`.
    pub delete: Option<Located<String>>,
    /// Headers to send.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    pub json: Option<serde_json::Value>,
    /// A form: fields and their values.
    pub form: Option<BTreeMap<String, String>>,
    /// A body of any other kind.
    pub body: Option<String>,
    /// What a good answer is; any 2xx or 3xx unless given.
    pub expect: Option<ExpectedResponseSpec>,
    /// How long to wait for an answer: 10s unless given.
    pub timeout: Option<Positive<Period>>,
    /// Whether redirects are followed, at most ten and none to another host; not unless given.
    #[serde(default)]
    pub follow: bool,
    /// Name → JSON path: keeps values of the answer, for `${name}` in what follows.
    #[serde(default)]
    pub save: BTreeMap<String, Located<String>>,
}

/// The methods of HTTP that a scenario can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET: reads a resource.
    Get,
    /// Create or command.
    Post,
    /// PUT: replaces a resource.
    Put,
    /// PATCH: changes a resource in part.
    Patch,
    /// DELETE: removes a resource.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

/// What a load and a step have in common: the parts of a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestFields<'a> {
    /// Each method that was given, with its target.
    pub targets: [(Method, &'a Option<Located<String>>); 5],
    /// A call of gRPC.
    pub grpc: Option<&'a Located<GrpcCallSpec>>,
    /// Headers to send.
    pub headers: &'a BTreeMap<String, String>,
    /// A JSON body.
    pub json: &'a Option<serde_json::Value>,
    /// A body of form fields, URL-encoded.
    pub form: &'a Option<BTreeMap<String, String>>,
    /// A body that is sent as it is.
    pub body: &'a Option<String>,
    /// What a good answer is.
    pub expect: Option<&'a ExpectedResponseSpec>,
    /// How long to wait.
    pub timeout: Option<Positive<Period>>,
    /// The credentials that it carries, if any.
    pub auth: Option<&'a AuthSpec>,
    /// Whether redirects are followed.
    pub follow: bool,
}

/// The fields of a load, a step or a journey's step, by their common names.
macro_rules! request_fields {
    ($self:ident, $grpc:expr, $auth:expr, $follow:expr) => {{
        let Self {
            get, post, put, patch, delete, headers, json, form, body, expect, timeout, ..
        } = $self;
        let targets = targets(get, post, put, patch, delete);
        let (timeout, grpc, auth, follow) = (*timeout, $grpc, $auth, $follow);
        let expect = expect.as_ref();
        RequestFields { targets, grpc, headers, json, form, body, expect, timeout, auth, follow }
    }};
}

impl LoadSpec {
    /// The request that it makes.
    pub fn request(&self) -> RequestFields<'_> {
        request_fields!(self, self.grpc.as_ref(), self.auth.as_ref(), self.follow.unwrap_or(false))
    }
}

impl StepSpec {
    /// The request that it makes.
    pub fn request(&self) -> RequestFields<'_> {
        request_fields!(self, None, None, self.follow)
    }
}

impl JourneyStepSpec {
    /// The request that it makes; what it leaves out is as the load says.
    pub fn request<'a>(&'a self, load: &'a LoadSpec) -> RequestFields<'a> {
        let fields = request_fields!(
            self,
            self.grpc.as_ref(),
            self.auth.as_ref().or(load.auth.as_ref()),
            self.follow.or(load.follow).unwrap_or(false)
        );
        RequestFields { timeout: fields.timeout.or(load.timeout), ..fields }
    }
}

type TargetField = Option<Located<String>>;

fn targets<'a>(
    get: &'a TargetField,
    post: &'a TargetField,
    put: &'a TargetField,
    patch: &'a TargetField,
    delete: &'a TargetField,
) -> [(Method, &'a TargetField); 5] {
    [
        (Method::Get, get),
        (Method::Post, post),
        (Method::Put, put),
        (Method::Patch, patch),
        (Method::Delete, delete),
    ]
}
