//! The gateway's reverse proxy: routes by path, takes replicas in turn, retries where that is safe,
//! and answers for services that do not.

mod headers;
mod route;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use http_body_util::LengthLimitError;
use reqwest::Client;
use tokio::time::{sleep, timeout};

use crate::budget::Budget;
use crate::http_client::client;
use crate::metrics::{Counter, Metrics};
use crate::rest::{MAX_BODY_BYTES, Problem, RouteLabel, method_label, too_slow};
use crate::trace::{Kind, Span, TraceContext};
pub use route::{Path, Route};
use route::{Table, is_ambiguous};

const PAUSE_MS: std::ops::Range<u64> = 10..50;
/// How much retries may add to the requests.
// As for the services' own calls: retries must not multiply the load on a service that is down.
const RETRY_PERCENT: u32 = 20;

/// A reverse proxy. Clones share its connections and budget.
#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    routes: Table,
    client: Client,
    budget: Budget,
    metrics: Metrics,
}

/// Why an attempt had no response, and with it, whether another may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// Nothing was sent.
    NotConnected,
    /// It may have had its effect.
    Broken,
}

impl Proxy {
    /// A proxy for these routes.
    #[must_use]
    pub fn new(routes: Vec<Route>, metrics: &Metrics) -> Self {
        let (client, budget, metrics) = (client(), Budget::new(RETRY_PERCENT), metrics.clone());
        Self(Arc::new(Inner { routes: Table::new(routes), client, budget, metrics }))
    }

    /// The route of a request, by its method and path.
    ///
    /// # Errors
    /// 400 for a path with dots to resolve or with a backslash, 404 for one without a route.
    pub fn route(&self, parts: &Parts) -> Result<Route, Problem> {
        let path = parts.uri.path();
        // Rules and limits look at the path as it is written. What the service would resolve it to
        // must not be another one.
        if is_ambiguous(path) {
            return Err(Problem::malformed("a path must not have . or .. or a backslash in it"));
        }
        let route = self.0.routes.find(&parts.method, path).cloned();
        route.ok_or_else(|| Problem::not_found("no service has this path"))
    }

    /// Passes a request on. The answer is 413 for a body that is too large, 502, 503 or 504 if the
    /// service does not answer before the deadline.
    pub async fn forward(&self, route: &Route, request: Request, deadline: Duration) -> Response {
        let mut response = match self.exchange(route, request, deadline).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        };
        // The gateway serves every path by one handler; without the label all requests would
        // share one metric.
        response.extensions_mut().insert(RouteLabel(route.path.label()));
        response
    }

    async fn exchange(
        &self,
        route: &Route,
        request: Request,
        deadline: Duration,
    ) -> Result<Response, Problem> {
        let (parts, body) = request.into_parts();
        // Read as a whole, so that a retry can send it again.
        let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(|error| unreadable(&error))?;
        let outcome = timeout(deadline, self.attempts(route, &parts, &body)).await;
        match outcome {
            Ok(Ok(response)) => Ok(received(response)),
            Ok(Err(Failure::NotConnected)) => Err(Problem::unavailable(format!(
                "the service for {} cannot be reached",
                route.path.from()
            ))),
            Ok(Err(Failure::Broken)) => {
                let message =
                    format!("the service for {} closed the connection", route.path.from());
                Err(Problem::new(StatusCode::BAD_GATEWAY, message).retry_after(1))
            }
            Err(_) => {
                let message =
                    format!("the service for {} did not answer in time", route.path.from());
                Err(Problem::new(StatusCode::GATEWAY_TIMEOUT, message).retry_after(1))
            }
        }
    }

    /// Each replica in turn at the most, and at least two attempts, as long as the budget lasts.
    async fn attempts(
        &self,
        route: &Route,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<reqwest::Response, Failure> {
        self.0.budget.deposit();
        // With one replica there is still one retry: a kept-alive connection may be that of a
        // replica that has gone.
        let mut left = route.upstreams.count().max(2) - 1;
        loop {
            let failure = match self.attempt(route, parts, body).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            // What was sent may have had its effect: only idempotent methods are repeated then.
            let safe = failure == Failure::NotConnected || parts.method.is_idempotent();
            if !safe || left == 0 || !self.0.budget.withdraw() {
                return Err(failure);
            }
            left -= 1;
            self.0.metrics.add(Counter::Retries, &[("route", route.path.from())]);
            sleep(Duration::from_millis(fastrand::u64(PAUSE_MS))).await;
        }
    }

    async fn attempt(
        &self,
        route: &Route,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<reqwest::Response, Failure> {
        // The query is passed on byte for byte, never decoded and encoded again.
        let target = route.path.target(&parts.uri);
        let (mut headers, mut span) = (headers::to_upstream(parts), self.span(route, parts));
        if let Ok(traceparent) = HeaderValue::from_str(&span.context().to_string()) {
            headers.insert("traceparent", traceparent);
        }
        let request = self
            .0
            .client
            .request(parts.method.clone(), format!("{}{target}", route.upstreams.next()));
        let outcome = request.headers(headers).body(body.clone()).send().await;
        match &outcome {
            Ok(response) => span.set("http.response.status_code", &response.status().as_u16()),
            Err(error) => {
                span.set("error.type", error);
                span.fail();
            }
        }
        outcome.map_err(
            |error| if error.is_connect() { Failure::NotConnected } else { Failure::Broken },
        )
    }

    fn span(&self, route: &Route, parts: &Parts) -> Span {
        let parent = parts.headers.get("traceparent").and_then(|value| value.to_str().ok());
        let name = format!("{} {}", method_label(&parts.method), route.path.label());
        self.0.metrics.tracer().span(Kind::Client, name, parent.and_then(TraceContext::parse))
    }
}

fn received(response: reqwest::Response) -> Response {
    let (mut parts, body) = http::Response::from(response).into_parts();
    headers::strip(&mut parts.headers);
    Response::from_parts(parts, Body::new(body))
}

fn unreadable(error: &axum::Error) -> Problem {
    if let Some(problem) = too_slow(error) {
        return problem;
    }
    let too_large = std::error::Error::source(error)
        .is_some_and(<dyn std::error::Error>::is::<LengthLimitError>);
    if too_large {
        return Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a body may have {MAX_BODY_BYTES} bytes"),
        );
    }
    Problem::malformed(error.to_string())
}

#[cfg(test)]
mod tests;
