//! One caller's connection.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brunt_scenarios::plan::{AbortStatus, EdgeDirection};
use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::byte_limit::{reply_head, request_head};
use crate::delayed_body::DelayedBody;
use crate::detect::{DetectedConnection, detect};
use crate::edge::Edge;
use crate::endpoints::EndpointAddress;
use crate::faults::{ReplyAction, RequestAction};
use crate::forward::{ForwardError, copy, forward};
use crate::http2;
use crate::kept_body::KeptBody;
use crate::limited_body::LimitedBody;
use crate::peeked_stream::PeekedStream;
use crate::read_ahead::read_ahead;
use crate::routing::ConnectionRoute;
use crate::tunnel::{CalleeConnection, connect, tunnel};
use crate::upgrade::{UpgradeSlot, changes_protocol};

/// How long a caller may take to send its first head. Connections that never ask anything would
/// take the places of others.
const FIRST_HEAD: Duration = Duration::from_secs(30);
/// How long a connection may be idle between two requests, the head of the second included. Far
/// longer than servers keep connections: one that the callee would still keep should not be closed.
const LONGEST_IDLE: Duration = Duration::from_secs(600);

type ProxyReply = Response<LimitedBody<DelayedBody>>;

/// Serves it until it ends, or until the port closes: then what is in flight is finished first.
pub(crate) async fn serve(
    route: ConnectionRoute,
    stream: TcpStream,
    mut closing: watch::Receiver<()>,
) {
    // Without it, small replies wait for the other side's acknowledgement. If it cannot be set,
    // they are only slower.
    let _ = stream.set_nodelay(true);
    match detect(&route, stream, &mut closing).await {
        Some(DetectedConnection::Http1(caller)) => serve_http(route, caller, closing).await,
        Some(DetectedConnection::Http2(caller, callee)) => {
            if let Some((caller, callee)) = connected(&route, caller, callee).await {
                http2::relay(&route, caller, callee, closing).await;
            }
        }
        Some(DetectedConnection::Bytes(caller, callee)) => {
            route.edge().counters.is_opaque();
            if let Some((caller, callee)) = connected(&route, caller, callee).await {
                tunnel(&route, caller, callee).await;
            }
        }
        None => {}
    }
}

/// Connects to the callee, unless that is done. Without one, the caller's connection is reset, as
/// that of a request without a reply is.
async fn connected(
    route: &ConnectionRoute,
    caller: PeekedStream,
    callee: Option<CalleeConnection>,
) -> Option<(PeekedStream, CalleeConnection)> {
    let callee = match callee {
        Some(callee) => Some(callee),
        None => connect(route, caller.hits()).await.ok().flatten(),
    };
    if callee.is_none() {
        caller.reset_on_close();
    }
    Some((caller, callee?))
}

async fn serve_http(
    route: ConnectionRoute,
    caller: PeekedStream,
    mut closing: watch::Receiver<()>,
) {
    let upgrade = UpgradeSlot::default();
    let has_asked = AtomicBool::new(false);
    let service = service_fn(|request| {
        has_asked.store(true, Ordering::Relaxed);
        Box::pin(answer(route.clone(), request, upgrade.clone()))
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_IDLE)
        // A reply comes as the callee has sent it, without a date of the proxy's.
        .preserve_header_case(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(caller), service);
    let served = tokio::select! {
        // Without a shutdown, as another protocol may follow on the connection.
        served = poll_fn(|cx| connection.poll_without_shutdown(cx)) => served,
        _ = closing.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
        () = first_head_is_late(&has_asked) => return,
    };
    let parts = connection.into_parts();
    let mut caller = parts.io.into_inner().unread(&parts.read_buf);
    // A connection that was idle for too long ends as any other.
    if served.is_err_and(|error| !error.is_timeout()) {
        if !caller.was_closed_by_fault() {
            caller.reset_on_close();
        }
    } else if let Some(callee) = upgrade.callee(&route, caller.hits()).await {
        tunnel(&route, caller, callee).await;
    } else {
        // A caller that has gone does not hear it.
        let _ = caller.shutdown().await;
    }
}

/// Waits until a caller that has begun its first head should have sent it.
async fn first_head_is_late(has_asked: &AtomicBool) {
    sleep(FIRST_HEAD).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

async fn answer(
    route: ConnectionRoute,
    request: Request<Incoming>,
    upgrade: UpgradeSlot,
) -> Result<ProxyReply, ForwardError> {
    // The edge is looked up for each request, since the caller of a kept-alive connection may have
    // become known after it was opened.
    let mut reply = apply_faults(route.request(), request, &upgrade).await?;
    // After a change of protocol, the connection's end is not HTTP's matter.
    if route.is_draining() && !upgrade.is_kept() {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(reply)
}

async fn apply_faults(
    edge: Arc<Edge>,
    mut request: Request<Incoming>,
    upgrade: &UpgradeSlot,
) -> Result<ProxyReply, ForwardError> {
    edge.counters.request_arrived();
    let action = edge.faults.on_request(false);
    if !matches!(action, RequestAction::Forward | RequestAction::Duplicate(_)) {
        edge.counters.met_fault();
    }
    let mut read = Bytes::new();
    match action {
        RequestAction::Forward => {}
        RequestAction::Reset => return Err(ForwardError::Cut),
        RequestAction::Abort(AbortStatus::Http(status)) => return Ok(aborted(status)),
        // There are no calls of gRPC in HTTP/1.1, so none meets it.
        RequestAction::Abort(AbortStatus::Grpc(_)) => {}
        RequestAction::Hold(fault) => {
            edge.faults.until_recovered(fault).await;
            return Err(ForwardError::HalfOpen);
        }
        RequestAction::Duplicate(fault) => {
            let begun = read_ahead(request.body_mut()).await.map_err(ForwardError::Unread)?;
            if begun.is_whole {
                edge.faults.count_hit(fault);
                edge.counters.met_fault();
                let reply = duplicate(&edge, request.map(|_| begun.kept())).await?;
                return Ok(reply.map(|body| unlimited(DelayedBody::at_once(body))));
            }
            read = begun.read;
        }
    }
    let (delay, limit) = (edge.faults.request_delay(), edge.faults.limit(EdgeDirection::Request));
    let is_counted = !delay.is_zero() || limit.is_some();
    if is_counted {
        edge.counters.met_fault();
    }
    // Even an empty sleep would last until the clock's next tick.
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if let Some(limit) = &limit {
        limit.pass(request_head(&request)).await;
    }
    let request = request.map(|body| Either::Left(LimitedBody::after(read, body, limit)));
    let method = request.method().clone();
    let (mut reply, endpoint) = forward(&edge, request).await?;
    if changes_protocol(&method, reply.status()) {
        upgrade.keep(hyper::upgrade::on(&mut reply), endpoint.clone());
    }
    apply_reply_faults(&edge, reply, &endpoint, is_counted).await
}

/// `counted`: whether the request has been counted as having met a fault.
async fn apply_reply_faults(
    edge: &Edge,
    reply: Response<Incoming>,
    endpoint: &EndpointAddress,
    counted: bool,
) -> Result<ProxyReply, ForwardError> {
    let action = edge.faults.on_reply(endpoint);
    let limit = match action {
        ReplyAction::Drop => None,
        _ => edge.faults.limit(EdgeDirection::Reply),
    };
    if !counted && (action != ReplyAction::Forward || limit.is_some()) {
        edge.counters.met_fault();
    }
    let reply = match action {
        ReplyAction::Forward => reply.map(DelayedBody::at_once),
        ReplyAction::DelayBody(delay) => reply.map(|body| DelayedBody::after(delay, body)),
        ReplyAction::Delay(delay) => {
            tokio::time::sleep(delay).await;
            reply.map(DelayedBody::at_once)
        }
        ReplyAction::Drop => {
            drain(reply.into_body()).await;
            return Err(ForwardError::ReplyLost);
        }
    };
    if let Some(limit) = &limit {
        limit.pass(reply_head(&reply)).await;
    }
    Ok(reply.map(|body| LimitedBody::new(body, limit)))
}

fn unlimited(body: DelayedBody) -> LimitedBody<DelayedBody> {
    LimitedBody::new(body, None)
}

/// Sends a request, and once more when its reply has come; the caller gets the first reply.
async fn duplicate(
    edge: &Arc<Edge>,
    request: Request<KeptBody>,
) -> Result<Response<Incoming>, ForwardError> {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, ());
    let (reply, _) = forward(edge, copy(&request, body.clone())).await?;
    let (edge, again) = (Arc::clone(edge), copy(&request, body));
    tokio::spawn(async move {
        // The caller waits for the first reply only; what becomes of the second is the callee's.
        if let Ok((reply, _)) = forward(&edge, again).await {
            drain(reply.into_body()).await;
        }
    });
    Ok(reply)
}

/// The reply that a fault makes in the callee's place.
fn aborted(status: u16) -> ProxyReply {
    let mut reply = Response::new(unlimited(DelayedBody::empty()));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    reply
}

/// Reads a body to its end, so that the callee can send all of it.
async fn drain(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}
