//! Single requests to the system, for setup, steps and what is read after the load.

mod error;

use std::sync::Arc;
use std::time::Duration;

use brunt_scenarios::form::{FORM, form};
use brunt_scenarios::plan::{Auth, Body, Method, Request, RequestTarget};

pub use error::ExchangeError;
use reqwest::redirect::Policy;

use super::variables::Variables;
use crate::target::RunningSystem;

/// How many redirects are followed, one after another.
const MOST_REDIRECTS: usize = 10;

/// The longest reply that is read, in bytes.
pub const LONGEST_REPLY: usize = 64 << 20;

/// Makes requests to services by name.
#[derive(Clone)]
pub struct SystemClient {
    /// Takes a redirect as the reply that it is.
    client: reqwest::Client,
    /// Follows redirects within the host that was asked.
    following: reqwest::Client,
    system: Arc<RunningSystem>,
}

/// What a service answered.
pub struct SystemReply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl SystemReply {
    /// The lines of a header, without those that are not text.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.get_all(name).into_iter();
        lines.filter_map(|value| value.to_str().ok()).collect()
    }
}

impl SystemClient {
    pub fn new(system: Arc<RunningSystem>) -> Self {
        // A new connection each time: a step shows what a newcomer would see, not what an old
        // connection remembers.
        let client = |redirects| {
            let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy();
            let client = client.redirect(redirects).build();
            client.expect("a client without TLS can always be made")
        };
        Self { client: client(Policy::none()), following: client(within_host()), system }
    }

    /// Makes a request, with every `${name}` in it filled in.
    pub async fn make(
        &self,
        request: &Request,
        variables: &Variables,
    ) -> Result<SystemReply, ExchangeError> {
        let url = self.url(&request.target.service, &variables.url(&request.target.path))?;
        let client = if request.follow { &self.following } else { &self.client };
        let mut builder = client.request(method(request.method), url).timeout(request.timeout);
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
            Body::Call(call) => return Err(ExchangeError::OnlyForLoads(call.to_string())),
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

    /// Reads a document, of which nothing is to be filled in any more.
    pub async fn get(&self, target: &RequestTarget) -> Result<SystemReply, ExchangeError> {
        let url = self.url(&target.service, &target.path)?;
        reply(self.following.get(url).timeout(Duration::from_secs(10))).await
    }

    fn url(&self, service: &str, path: &str) -> Result<String, ExchangeError> {
        let base = self.system.url(service);
        let base = base.ok_or_else(|| ExchangeError::NoAddress(service.to_owned()))?;
        Ok(format!("{base}{path}"))
    }
}

async fn reply(request: reqwest::RequestBuilder) -> Result<SystemReply, ExchangeError> {
    let mut response = request.send().await.map_err(ExchangeError::from)?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ExchangeError::from)? {
        if body.len() + chunk.len() > LONGEST_REPLY {
            return Err(ExchangeError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(SystemReply { status, headers, body })
}

/// Follows up to ten redirects, and none to another host: headers of a step may be secrets, and
/// only its author knows which ones.
fn within_host() -> Policy {
    Policy::custom(|attempt| {
        let asked = attempt.previous().first().map(reqwest::Url::origin);
        let is_here = asked == Some(attempt.url().origin());
        if is_here && attempt.previous().len() <= MOST_REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
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
