//! Single requests to the system, for setup, steps and what is read afterwards.

use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::form::{FORM, form};
use brunt_scenarios::plan::{Auth, Body, Method, Request, RequestTarget};

use super::variables::Variables;
use crate::target::RunningSystem;

/// Makes requests to services by name.
#[derive(Clone)]
pub struct Calls {
    client: reqwest::Client,
    system: Arc<RunningSystem>,
}

/// What came back.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Calls {
    /// For one system.
    pub fn new(system: Arc<RunningSystem>) -> Self {
        // A new connection each time: a step shows what a newcomer would see, not what an old
        // connection remembers.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build();
        Self { client: client.expect("a client without TLS can always be made"), system }
    }

    /// Makes a request. The error says in words why there was no reply.
    pub async fn make(&self, request: &Request, variables: &Variables) -> Result<Reply, String> {
        let url = self.url(&request.target, variables)?;
        let mut builder = self.client.request(method(request.method), url).timeout(request.timeout);
        for (name, value) in &request.headers {
            builder = builder.header(name, variables.text(value));
        }
        builder = match &request.body {
            Body::Empty => builder,
            Body::Json(document) => builder.json(&variables.json(document)),
            Body::Form(fields) => {
                let filled =
                    fields.iter().map(|(name, value)| (name.clone(), variables.text(value)));
                builder.header("content-type", FORM).body(form(filled))
            }
            Body::Text(text) => builder.body(variables.text(text)),
            Body::Call(call) => return Err(format!("{call} can be called by loads only")),
        };
        builder = match &request.auth {
            None => builder,
            Some(Auth::Basic(user, password)) => {
                builder.basic_auth(variables.text(user), Some(variables.text(password)))
            }
            Some(Auth::Bearer(token)) => builder.bearer_auth(variables.text(token)),
        };
        reply(builder).await
    }

    /// Reads a document.
    pub async fn get(
        &self,
        target: &RequestTarget,
        variables: &Variables,
    ) -> Result<Reply, String> {
        let url = self.url(target, variables)?;
        reply(self.client.get(url).timeout(Duration::from_secs(10))).await
    }

    fn url(&self, target: &RequestTarget, variables: &Variables) -> Result<String, String> {
        let base = self
            .system
            .url(&target.service)
            .ok_or_else(|| format!("{} has no address", target.service))?;
        Ok(format!("{base}{}", variables.text(&target.path)))
    }
}

async fn reply(request: reqwest::RequestBuilder) -> Result<Reply, String> {
    let response = request.send().await.map_err(in_words)?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.bytes().await.map_err(in_words)?.to_vec();
    Ok(Reply { status, headers, body })
}

/// The innermost cause is what a user can act on: "Connection refused", not
/// "error sending request".
fn in_words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}
