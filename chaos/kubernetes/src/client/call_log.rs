//! One span for each HTTP request to the API server: method, path, status and time.
//!
//! The query is left out: it adds nothing that the path and the change's own event do not say.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Request, Response};
use tower::{Layer, Service};
use tracing::{Instrument, Span, field};

/// Wraps the client's transport in a [`CallLog`].
#[derive(Clone, Copy)]
pub(super) struct CallLogLayer;

impl<S> Layer<S> for CallLogLayer {
    type Service = CallLog<S>;

    fn layer(&self, inner: S) -> CallLog<S> {
        CallLog { inner }
    }
}

/// Passes requests on, each within a span of its own.
pub(super) struct CallLog<S> {
    inner: S,
}

impl<S, B, R> Service<Request<B>> for CallLog<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let span = tracing::debug_span!(
            "api_call",
            method = %request.method(),
            path = request.uri().path(),
            status = field::Empty,
            milliseconds = field::Empty,
        );
        let sent = Instant::now();
        let answer = self.inner.call(request);
        let logged = async move {
            let answer = answer.await;
            let span = Span::current();
            // Until the head of the answer: a watch goes on for minutes after it.
            span.record("milliseconds", sent.elapsed().as_secs_f64() * 1e3);
            match &answer {
                // The span's own line in the log says the rest.
                Ok(answer) => drop(span.record("status", answer.status().as_u16())),
                Err(_) => tracing::debug!("not answered"),
            }
            answer
        };
        Box::pin(logged.instrument(span))
    }
}
