//! Admission: rate limits for each client, and bearer tokens with the needed scopes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::policy::{By, Limit, Policy};
use crate::jwt::{Denied, Issuer, Keys, Verifier};
use crate::metrics::{Counter, Metrics};
use crate::ratelimit::{Decision, Limiter, Taken};
use crate::rest::Problem;

/// A policy in force. Its buckets and keys outlive changes of other settings.
pub(super) struct Admission {
    policy: Policy,
    limiter: Option<Arc<Limiter>>,
    verifier: Option<Arc<Verifier>>,
}

impl Admission {
    pub(super) fn new(policy: Policy, issuer: Option<&Issuer>, before: Option<&Self>) -> Self {
        // An unchanged limit keeps its buckets; otherwise each change of any setting would give
        // every client a full burst.
        let kept = before.filter(|before| before.policy.limit == policy.limit);
        let limiter = match kept {
            Some(before) => before.limiter.clone(),
            None => policy.limit.as_ref().map(|limit| Arc::new(Limiter::new(limit.rate))),
        };
        // Unchanged settings keep the fetched keys, which the issuer may not be able to
        // give just now.
        let kept = before.filter(|before| before.policy.jwt == policy.jwt);
        let verifier = match kept {
            Some(before) => before.verifier.clone(),
            None => policy.jwt.clone().map(|settings| {
                let keys = match (&settings.jwks_url, issuer) {
                    // A gateway that issues its own tokens need not call itself for the keys.
                    (None, Some(issuer)) => Keys::fixed(issuer.jwks()),
                    (url, _) => Keys::at(url.clone().unwrap_or_default()),
                };
                Arc::new(Verifier::new(settings, keys))
            }),
        };
        Self { policy, limiter, verifier }
    }

    pub(super) fn deadline(&self) -> Duration {
        self.policy.deadline
    }

    /// Admits a request for `path`, as the service knows it, or refuses it. A limit by subject is
    /// checked after the token, any other before, so that checking tokens is limited too.
    ///
    /// # Errors
    /// The whole response: 401, 403, 429 or 503, with its challenge or Retry-After.
    pub(super) async fn admit(
        &self,
        parts: &Parts,
        path: &str,
        metrics: &Metrics,
    ) -> Result<Option<Decision>, Box<Response>> {
        let by_subject = self.policy.limit.as_ref().is_some_and(|limit| limit.by == By::Subject);
        if by_subject {
            // The subject is only known from a checked token, so the limit comes second here.
            let subject = self.authorize(parts, path, metrics).await?;
            return self.limit(parts, subject.as_deref(), metrics);
        }
        let decision = self.limit(parts, None, metrics)?;
        match self.authorize(parts, path, metrics).await {
            Ok(_) => Ok(decision),
            Err(mut refusal) => {
                // A refused token has taken from the limit as well; the client should see that.
                decision.inspect(|decision| decision.tell(refusal.headers_mut()));
                Err(refusal)
            }
        }
    }

    /// Admits a request for a token, or refuses it. Nothing is known yet of who asks
    /// but an address.
    ///
    /// # Errors
    /// The whole response: 429 with its Retry-After.
    pub(super) fn admit_to_tokens(
        &self,
        parts: &Parts,
        metrics: &Metrics,
    ) -> Result<Option<Decision>, Box<Response>> {
        self.take(&address(parts), metrics)
    }

    fn limit(
        &self,
        parts: &Parts,
        subject: Option<&str>,
        metrics: &Metrics,
    ) -> Result<Option<Decision>, Box<Response>> {
        match &self.policy.limit {
            Some(limit) => self.take(&client(limit, parts, subject), metrics),
            None => Ok(None),
        }
    }

    fn take(&self, client: &str, metrics: &Metrics) -> Result<Option<Decision>, Box<Response>> {
        let Some(limiter) = &self.limiter else { return Ok(None) };
        let Taken { decision, is_shared } = limiter.take(client);
        if is_shared {
            metrics.add(Counter::SharedLimit, &[]);
        }
        let Some(seconds) = decision.retry_after() else {
            return Ok(Some(decision));
        };
        metrics.add(Counter::Refused, &[("reason", "rate")]);
        let problem =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again shortly");
        let mut response = problem.retry_after(seconds).into_response();
        decision.tell(response.headers_mut());
        Err(Box::new(response))
    }

    async fn authorize(
        &self,
        parts: &Parts,
        path: &str,
        metrics: &Metrics,
    ) -> Result<Option<String>, Box<Response>> {
        let Some(verifier) = &self.verifier else {
            return Ok(None);
        };
        verifier.check(&parts.headers, &parts.method, path).await.map_err(|denied| {
            metrics.add(Counter::Refused, &[("reason", "token")]);
            Box::new(refusal(denied))
        })
    }
}

/// Prefixed by the kind of client, so that no header value can pass for an address.
fn client(limit: &Limit, parts: &Parts, subject: Option<&str>) -> String {
    match &limit.by {
        By::Ip => address(parts),
        By::Subject => {
            subject.map_or_else(|| address(parts), |subject| format!("subject {subject}"))
        }
        By::Header { name, keys } => {
            let key = parts.headers.get(name).and_then(|value| value.to_str().ok());
            // One that nobody has given out counts as none: whoever invents a key for each request
            // would never meet the limit.
            match key.filter(|key| keys.contains(*key)) {
                Some(key) => format!("header {key}"),
                None => address(parts),
            }
        }
    }
}

fn address(parts: &Parts) -> String {
    match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(address)) => format!("ip {}", address.ip()),
        // Without a socket, as in tests, all requests are one client's.
        None => "ip".to_owned(),
    }
}

fn refusal(denied: Denied) -> Response {
    let (status, message, challenge) = match denied {
        Denied::Unavailable => {
            return Problem::unavailable(
                "tokens cannot be checked at the moment; try again shortly",
            )
            .into_response();
        }
        Denied::Missing => (
            StatusCode::UNAUTHORIZED,
            "a bearer token is needed".to_owned(),
            "Bearer realm=\"gateway\"".to_owned(),
        ),
        Denied::Invalid(reason) => {
            let challenge =
                format!("Bearer error=\"invalid_token\", error_description=\"{reason}\"");
            (StatusCode::UNAUTHORIZED, format!("the token is refused: {reason}"), challenge)
        }
        Denied::Insufficient(scope) => {
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            (StatusCode::FORBIDDEN, format!("the token lacks the scope {scope}"), challenge)
        }
    };
    let mut response = Problem::new(status, message).into_response();
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
