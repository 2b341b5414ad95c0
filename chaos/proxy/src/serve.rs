//! One caller's connection.

use std::future::poll_fn;
use std::sync::Arc;

use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::edge::Edge;
use crate::faults::{After, Before};
use crate::forward::{Broken, copy, forward};
use crate::late::Late;
use crate::tunnel::{is_http2, pass};
use crate::ways::Route;

type Reply = Response<Late>;

/// Serves it until it ends, or until the gate closes: then what is in flight is finished first.
pub(crate) async fn serve(route: Route, stream: TcpStream, mut closing: watch::Receiver<()>) {
    // Without it, small replies wait for the other side's acknowledgement. If it cannot be set,
    // they are only slower.
    let _ = stream.set_nodelay(true);
    let http2 = tokio::select! {
        http2 = is_http2(&stream) => http2,
        // It has said nothing yet.
        _ = closing.changed() => return,
    };
    if http2 {
        // An error is the end of either side, which the other one sees.
        let _ = pass(&route.uncounted(), stream).await;
        return;
    }
    let service = service_fn(move |request| Box::pin(answer(route.clone(), request)));
    let mut connection = http1::Builder::new()
        .preserve_header_case(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let served = tokio::select! {
        served = poll_fn(|cx| connection.poll_without_shutdown(cx)) => served,
        _ = closing.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    if served.is_err() {
        // With this set, closing sends a reset and throws away what was not sent yet.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

async fn answer(route: Route, request: Request<Incoming>) -> Result<Reply, Broken> {
    let mut reply = through(route.request(), request).await?;
    if route.winds_down() {
        reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(reply)
}

async fn through(edge: Arc<Edge>, request: Request<Incoming>) -> Result<Reply, Broken> {
    edge.counts.came();
    match edge.faults.before() {
        Before::Pass => {}
        Before::Reset => {
            edge.counts.met_fault();
            return Err(Broken::Cut);
        }
        Before::Answer(status) => {
            edge.counts.met_fault();
            return Ok(in_its_place(status));
        }
        Before::Hold(fault) => {
            edge.counts.met_fault();
            edge.faults.until_lifted(fault).await;
            return Err(Broken::HalfOpen);
        }
        Before::Twice => {
            edge.counts.met_fault();
            return twice(&edge, request).await.map(|reply| reply.map(Late::at_once));
        }
    }
    let (reply, endpoint) = forward(&edge, request.map(Either::Left)).await?;
    match edge.faults.after(&endpoint) {
        After::Pass => {}
        After::Slow(delay) => {
            edge.counts.met_fault();
            return Ok(reply.map(|body| Late::after(delay, body)));
        }
        After::Wait(delay) => {
            edge.counts.met_fault();
            tokio::time::sleep(delay).await;
        }
        After::Lose => {
            edge.counts.met_fault();
            finish(reply.into_body()).await;
            return Err(Broken::ReplyLost);
        }
    }
    Ok(reply.map(Late::at_once))
}

/// Sends a request, and once more when its reply has come; the caller gets the first one's.
async fn twice(edge: &Arc<Edge>, request: Request<Incoming>) -> Result<Response<Incoming>, Broken> {
    let (head, body) = request.into_parts();
    let body = Full::new(body.collect().await.map_err(Broken::Unread)?.to_bytes());
    let request = Request::from_parts(head, ());
    let (reply, _) = forward(edge, copy(&request, body.clone())).await?;
    let (edge, again) = (Arc::clone(edge), copy(&request, body));
    tokio::spawn(async move {
        // Nobody waits for what becomes of it.
        if let Ok((reply, _)) = forward(&edge, again).await {
            finish(reply.into_body()).await;
        }
    });
    Ok(reply)
}

fn in_its_place(status: u16) -> Reply {
    let mut reply = Response::new(Late::nothing());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    reply
}

/// Lets the callee say all that it has to say.
async fn finish(mut body: Incoming) {
    while let Some(Ok(_)) = body.frame().await {}
}
