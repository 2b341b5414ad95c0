//! Hands a request to an endpoint and brings the reply back.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

use crate::counts::Visit;
use crate::edge::Edge;
use crate::endpoints::Endpoint;
use crate::headers;
use crate::pool::{Payload, Upstream};

/// Why there is no reply to pass on. The caller's connection is reset, whichever it is.
#[derive(Debug, Error)]
pub(crate) enum Broken {
    #[error("no endpoint is ready")]
    NoEndpoint,
    #[error("no connection to {0}: {1}")]
    Connect(Endpoint, io::Error),
    #[error("the connection to {0} broke: {1}")]
    BrokeOff(Endpoint, hyper::Error),
    #[error("a tunnel was asked for")]
    Tunnel,
    #[error("cut by a fault")]
    Cut,
    #[error("the reply was lost by a fault")]
    ReplyLost,
    #[error("left half-open by a fault")]
    HalfOpen,
    #[error("the caller did not say all that it had to say: {0}")]
    Unread(hyper::Error),
}

/// A try that came to nothing.
enum Missed {
    /// Nothing was sent: here is the request again.
    Unsent(Box<Request<Payload>>, Broken),
    /// Some of it may have been sent.
    Sent(Broken),
}

/// The reply, and who gave it.
pub(crate) async fn forward(
    edge: &Arc<Edge>,
    mut request: Request<Payload>,
) -> Result<(Response<Incoming>, Endpoint), Broken> {
    if request.method() == Method::CONNECT {
        return Err(Broken::Tunnel);
    }
    headers::strip(request.headers_mut());
    let mut visit = Visit::new(&edge.counts);
    loop {
        let claim = edge.pick().ok_or(Broken::NoEndpoint)?;
        match to(edge, &claim.endpoint, request, &mut visit).await {
            Ok(mut reply) => {
                headers::strip(reply.headers_mut());
                return Ok((reply, claim.endpoint));
            }
            // It had left by the time we came: whoever asks again is sent elsewhere.
            Err(Missed::Unsent(again, _)) if !edge.endpoints.contains(&claim.endpoint) => {
                request = *again
            }
            Err(Missed::Unsent(_, broken) | Missed::Sent(broken)) => return Err(broken),
        }
    }
}

/// Tries idle connections first. One that turns out closed has cost nothing if the request did not
/// go out on it, or can be sent again without harm; but only to the same endpoint, because that it
/// answers shows that it did not die over the request.
async fn to(
    edge: &Arc<Edge>,
    endpoint: &Endpoint,
    mut request: Request<Payload>,
    visit: &mut Visit<'_>,
) -> Result<Response<Incoming>, Missed> {
    while let Some(upstream) = edge.pool.take(endpoint) {
        let spare = repeatable(&request);
        match over(edge, endpoint, upstream, request, visit).await {
            Err(Missed::Unsent(again, _)) => request = *again,
            Err(Missed::Sent(broken)) => {
                let again = spare.ok_or(Missed::Sent(broken))?;
                return fresh(edge, endpoint, again, visit).await.map_err(final_miss);
            }
            reply => return reply,
        }
    }
    fresh(edge, endpoint, request, visit).await
}

/// What was sent once already cannot count as unsent.
fn final_miss(missed: Missed) -> Missed {
    match missed {
        Missed::Unsent(_, broken) | Missed::Sent(broken) => Missed::Sent(broken),
    }
}

async fn fresh(
    edge: &Arc<Edge>,
    endpoint: &Endpoint,
    request: Request<Payload>,
    visit: &mut Visit<'_>,
) -> Result<Response<Incoming>, Missed> {
    match connect(endpoint).await {
        Ok(upstream) => over(edge, endpoint, upstream, request, visit).await,
        Err(broken) => Err(Missed::Unsent(Box::new(request), broken)),
    }
}

async fn over(
    edge: &Arc<Edge>,
    endpoint: &Endpoint,
    mut upstream: Upstream,
    request: Request<Payload>,
    visit: &mut Visit<'_>,
) -> Result<Response<Incoming>, Missed> {
    visit.handed_over();
    match upstream.try_send_request(request).await {
        Ok(reply) => {
            give_back(edge, endpoint, upstream);
            Ok(reply)
        }
        Err(mut error) => match error.take_message() {
            Some(unsent) => {
                visit.came_back();
                let broken = Broken::BrokeOff(endpoint.clone(), error.into_error());
                Err(Missed::Unsent(Box::new(unsent), broken))
            }
            None => Err(Missed::Sent(Broken::BrokeOff(endpoint.clone(), error.into_error()))),
        },
    }
}

/// Once the reply's body has been read to its end, the connection can serve another request.
fn give_back(edge: &Arc<Edge>, endpoint: &Endpoint, mut upstream: Upstream) {
    let (edge, endpoint) = (Arc::clone(edge), endpoint.clone());
    tokio::spawn(async move {
        if upstream.ready().await.is_ok() && edge.endpoints.contains(&endpoint) {
            edge.pool.put(&endpoint, upstream);
        }
    });
}

async fn connect(endpoint: &Endpoint) -> Result<Upstream, Broken> {
    let failed = |error| Broken::Connect(endpoint.clone(), error);
    let stream = TcpStream::connect(endpoint.authority()).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let (upstream, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Broken::BrokeOff(endpoint.clone(), error))?;
    // Its errors are those of the request that is on it.
    tokio::spawn(connection);
    Ok(upstream)
}

/// The same request again, if it has no body and does no harm when it comes twice.
fn repeatable(request: &Request<Payload>) -> Option<Request<Payload>> {
    let harmless = request.method().is_idempotent() && request.body().is_end_stream();
    harmless.then(|| copy(request, Full::default()))
}

/// The same request with a body of its own.
pub(crate) fn copy<B>(request: &Request<B>, body: Full<Bytes>) -> Request<Payload> {
    let mut again = Request::new(Either::Right(body));
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.version_mut() = request.version();
    *again.headers_mut() = request.headers().clone();
    *again.extensions_mut() = request.extensions().clone();
    again
}
