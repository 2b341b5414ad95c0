//! What every request passes: it is timed, and a refusal gets its body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

use super::Problem;
use crate::metrics::{self, Metrics};

/// Names the route of a response whose handler takes every path.
#[derive(Clone, Debug)]
pub struct RouteLabel(pub String);

pub(super) async fn surround(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let matched = request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned());
    let response = next.run(request).await;
    let label = response.extensions().get::<RouteLabel>().map(|label| label.0.clone());
    let uri = label.or(matched).unwrap_or_else(|| "UNKNOWN".to_owned());
    let status = response.status().as_u16();
    metrics.record(metrics::Request { method, uri, status }, began.elapsed());
    render(response, &path)
}

/// What the refusal's headers say besides stays, such as which methods there are.
fn render(mut response: Response, path: &str) -> Response {
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
