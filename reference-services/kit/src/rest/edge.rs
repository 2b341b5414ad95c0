//! The layer around every route: requests are timed and traced, and refusals get their body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use tracing::Instrument;

use super::method::label;
use super::{Problem, deadline, unread};
use crate::metrics::{self, Metrics};
use crate::trace::{Kind, Span, TraceContext};

/// The paths of probes and scrapes, which get no trace.
const OWN: [&str; 3] = ["/actuator", "/isHealthy", "/v3/api-docs"];

/// The codes that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED,
/// INTERNAL, UNAVAILABLE, DATA_LOSS.
const GRPC_FAILURES: [&str; 6] = ["2", "4", "12", "13", "14", "15"];

/// Names the route of a response whose handler takes every path.
#[derive(Clone, Debug)]
pub struct RouteLabel(pub String);

pub(super) async fn surround(
    State(metrics): State<Metrics>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    // Taken now, as the handler consumes the request.
    let (method, path) = (label(request.method()), request.uri().path().to_owned());
    let matched =
        request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned());
    let mut span = begin_span(&metrics, &mut request);
    let context = span.context();
    let logs =
        tracing::info_span!("request", trace_id = context.trace_id(), span_id = context.span_id());
    let (request, unread) = unread::lend(deadline::bound(request));
    let response = next.run(request).instrument(logs).await;
    // A route, never a path: paths have ids in them, and each would be a time series of its own.
    let label = response.extensions().get::<RouteLabel>().map(|label| label.0.clone());
    let uri = label.or(matched).unwrap_or_else(|| "UNKNOWN".to_owned());
    let status = response.status();
    if OWN.iter().any(|own| path.starts_with(own)) {
        span.discard();
    } else {
        span.rename(format!("{method} {uri}"));
        span.set("http.request.method", &method);
        span.set("url.path", &path);
        span.set("http.response.status_code", &status.as_u16());
        // A gRPC refusal is an HTTP 200; only its own code tells.
        let grpc = response.headers().get("grpc-status").and_then(|code| code.to_str().ok());
        if let Some(code) = grpc {
            span.set("rpc.grpc.status_code", &code);
        }
        if status.is_server_error() || grpc.is_some_and(|code| GRPC_FAILURES.contains(&code)) {
            span.fail();
        }
    }
    let request = metrics::Request { method: method.to_owned(), uri, status: status.as_u16() };
    metrics.record(request, began.elapsed());
    // After the metrics: the time of a slow sender is not the service's.
    unread.discard().await;
    render(response, &path)
}

/// What the request leads to follows from its span, so the header is set to it.
fn begin_span(metrics: &Metrics, request: &mut Request) -> Span {
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let span = metrics.tracer().span(Kind::Server, "", parent.and_then(TraceContext::parse));
    if let Ok(traceparent) = HeaderValue::from_str(&span.context().to_string()) {
        request.headers_mut().insert("traceparent", traceparent);
    }
    span
}

/// The refusal's other headers stay, such as the allowed methods.
fn render(mut response: Response, path: &str) -> Response {
    // Written here and not in the handler, as a problem names the request's path.
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let mut rendered = problem.at(path);
    for (name, value) in response.headers() {
        if name != CONTENT_LENGTH && name != CONTENT_TYPE {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
}
