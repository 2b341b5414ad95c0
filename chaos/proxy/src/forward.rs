//! Sends a request to an endpoint and brings the reply back.

use std::io;
use std::sync::Arc;

use brunt_scenarios::plan::EdgeDirection;
use http::{Request, Response};
use http_body_util::Either;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

use crate::counters::ReachedOnce;
use crate::edge::Edge;
use crate::endpoints::EndpointAddress;
use crate::headers;
use crate::kept_body::KeptBody;
use crate::peeked_stream::PeekedStream;
use crate::pool::{Payload, Upstream};
use crate::write_faults::WriteFaults;

/// Why there is no reply to forward. The caller's connection is reset, whichever it is.
#[derive(Debug, Error)]
pub(crate) enum ForwardError {
    #[error("no endpoint is ready")]
    NoEndpoint,
    #[error("no connection to {0}")]
    Connect(EndpointAddress, #[source] io::Error),
    #[error("the connection to {0} broke")]
    Broken(EndpointAddress, #[source] hyper::Error),
    #[error("cut by a fault")]
    Cut,
    #[error("the reply was lost by a fault")]
    ReplyLost,
    #[error("left half-open by a fault")]
    HalfOpen,
    #[error("the caller did not send its whole request")]
    Unread(#[source] hyper::Error),
}

/// An attempt that brought no reply.
enum AttemptError {
    /// Nothing was sent: here is the request again.
    Unsent(Box<Request<Payload>>, ForwardError),
    /// Some of it may have been sent.
    Sent(ForwardError),
}

/// Returns the reply, and the endpoint that it is from.
pub(crate) async fn forward(
    edge: &Arc<Edge>,
    mut request: Request<Payload>,
) -> Result<(Response<Incoming>, EndpointAddress), ForwardError> {
    headers::strip(request.headers_mut());
    let mut reached = ReachedOnce::new(&edge.counters);
    loop {
        let guard = edge.pick().ok_or(ForwardError::NoEndpoint)?;
        match send_to(edge, &guard.endpoint, request, &mut reached).await {
            Ok(mut reply) => {
                headers::strip(reply.headers_mut());
                return Ok((reply, guard.endpoint));
            }
            // The endpoint was removed while the request was on its way: a Service would have sent
            // it elsewhere.
            Err(AttemptError::Unsent(unsent, _)) if !edge.endpoints.contains(&guard.endpoint) => {
                request = *unsent;
            }
            Err(AttemptError::Unsent(_, error) | AttemptError::Sent(error)) => return Err(error),
        }
    }
}

/// Tries idle connections first. One that turns out closed has cost nothing if the request did not
/// go out on it, or can be sent again without harm; but only to the same endpoint, because that it
/// answers shows that it did not die over the request.
async fn send_to(
    edge: &Arc<Edge>,
    endpoint: &EndpointAddress,
    mut request: Request<Payload>,
    reached: &mut ReachedOnce<'_>,
) -> Result<Response<Incoming>, AttemptError> {
    while let Some(upstream) = edge.pool.take(endpoint) {
        let spare = repeatable(&request);
        match send_over(edge, endpoint, upstream, request, reached).await {
            Err(AttemptError::Unsent(unsent, _)) => request = *unsent,
            Err(AttemptError::Sent(error)) => {
                let again = spare.ok_or(AttemptError::Sent(error))?;
                return send_over_new(edge, endpoint, again, reached).await.map_err(as_sent);
            }
            reply => return reply,
        }
    }
    send_over_new(edge, endpoint, request, reached).await
}

/// What was sent once already cannot count as unsent.
fn as_sent(error: AttemptError) -> AttemptError {
    match error {
        AttemptError::Unsent(_, error) | AttemptError::Sent(error) => AttemptError::Sent(error),
    }
}

async fn send_over_new(
    edge: &Arc<Edge>,
    endpoint: &EndpointAddress,
    request: Request<Payload>,
    reached: &mut ReachedOnce<'_>,
) -> Result<Response<Incoming>, AttemptError> {
    match connect(edge, endpoint).await {
        Ok(upstream) => send_over(edge, endpoint, upstream, request, reached).await,
        Err(error) => Err(AttemptError::Unsent(Box::new(request), error)),
    }
}

async fn send_over(
    edge: &Arc<Edge>,
    endpoint: &EndpointAddress,
    mut upstream: Upstream,
    request: Request<Payload>,
    reached: &mut ReachedOnce<'_>,
) -> Result<Response<Incoming>, AttemptError> {
    reached.mark_reached();
    match upstream.try_send_request(request).await {
        Ok(reply) => {
            return_to_pool(edge, endpoint, upstream);
            Ok(reply)
        }
        Err(mut error) => match error.take_message() {
            Some(unsent) => {
                reached.mark_unsent();
                let error = ForwardError::Broken(endpoint.clone(), error.into_error());
                Err(AttemptError::Unsent(Box::new(unsent), error))
            }
            None => {
                let error = ForwardError::Broken(endpoint.clone(), error.into_error());
                Err(AttemptError::Sent(error))
            }
        },
    }
}

/// Once the reply's body has been read to its end, the connection can serve another request.
fn return_to_pool(edge: &Arc<Edge>, endpoint: &EndpointAddress, mut upstream: Upstream) {
    let (edge, endpoint) = (Arc::clone(edge), endpoint.clone());
    tokio::spawn(async move {
        if upstream.ready().await.is_ok() && edge.endpoints.contains(&endpoint) {
            edge.pool.put(&endpoint, upstream);
        }
    });
}

async fn connect(edge: &Arc<Edge>, endpoint: &EndpointAddress) -> Result<Upstream, ForwardError> {
    let failed = |error| ForwardError::Connect(endpoint.clone(), error);
    let stream = TcpStream::connect(endpoint.authority()).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let faults = WriteFaults::on_edge(edge, EdgeDirection::Request);
    let (upstream, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(PeekedStream::new(stream, faults)))
        .await
        .map_err(|error| ForwardError::Broken(endpoint.clone(), error))?;
    // Its errors are those of the request that is on it.
    tokio::spawn(connection.with_upgrades());
    Ok(upstream)
}

/// The same request again, if it has no body and does no harm when it comes twice.
fn repeatable(request: &Request<Payload>) -> Option<Request<Payload>> {
    let harmless = request.method().is_idempotent() && request.body().is_end_stream();
    harmless.then(|| copy(request, KeptBody::default()))
}

/// The same request with a body of its own.
pub(crate) fn copy<B>(request: &Request<B>, body: KeptBody) -> Request<Payload> {
    let mut again = Request::new(Either::Right(body));
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.version_mut() = request.version();
    *again.headers_mut() = request.headers().clone();
    *again.extensions_mut() = request.extensions().clone();
    again
}
