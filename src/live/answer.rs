//! What is answered to a request: the page, its events, or why not. Nothing can be changed from
//! here.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use brunt_reports::live_page;
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::events::{Events, Messages};
use super::scene::{Scene, View};

/// A whole text, or events that go on.
pub type Answer = Response<Either<Full<Bytes>, Events>>;

/// What the page may do: run the script that is in it, and ask this server for events.
const MAY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                   img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The answer to a request that came to this address.
pub fn to(
    request: &Request<Incoming>,
    here: Option<SocketAddr>,
    scene: &Mutex<Scene>,
    messages: &Messages,
) -> Answer {
    let said = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if !is_meant(said(header::HOST), here) {
        return text(
            StatusCode::MISDIRECTED_REQUEST,
            "Open this page by its address, or as localhost.\n",
        );
    }
    if request.method() != Method::GET {
        let mut answer =
            text(StatusCode::METHOD_NOT_ALLOWED, "This page can be read, and nothing else.\n");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
        return answer;
    }
    match request.uri().path() {
        "/" => page(scene),
        "/events" => {
            let seen = said(header::HeaderName::from_static("last-event-id"));
            let events = messages.events(seen, || now(scene));
            answer(StatusCode::OK, "text/event-stream", Either::Right(events))
        }
        _ => text(StatusCode::NOT_FOUND, "There is only one page: /\n"),
    }
}

fn now(scene: &Mutex<Scene>) -> View {
    scene.lock().unwrap_or_else(PoisonError::into_inner).view()
}

/// Whether a request names this server as only those name it who mean it: a page of another site
/// that has its own name point here (DNS rebinding) does not.
fn is_meant(host: Option<&str>, here: Option<SocketAddr>) -> bool {
    let Some(host) = host else { return false };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
        _ => (host, Some(80)),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let known = bare.parse::<IpAddr>().is_ok() || bare.eq_ignore_ascii_case("localhost");
    known && here.is_none_or(|here| port == Some(here.port()))
}

fn page(scene: &Mutex<Scene>) -> Answer {
    match now(scene).html().and_then(|frame| live_page(&frame)) {
        Ok(page) => answer(StatusCode::OK, "text/html; charset=utf-8", Either::Left(page.into())),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n")),
    }
}

fn text(status: StatusCode, text: &str) -> Answer {
    answer(status, "text/plain; charset=utf-8", Either::Left(text.to_owned().into()))
}

fn answer(status: StatusCode, kind: &'static str, body: Either<Full<Bytes>, Events>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, MAY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn only_those_who_mean_this_server_are_answered() {
        let here = Some("127.0.0.1:7357".parse().unwrap());
        for host in
            ["127.0.0.1:7357", "localhost:7357", "[::1]:7357", "LOCALHOST:7357", "10.0.0.1:7357"]
        {
            assert!(is_meant(Some(host), here), "{host}");
        }
        for host in [
            "evil.example:7357",
            "localhost:80",
            "localhost",
            "127.0.0.1.evil.example:7357",
            "",
            ":7357",
        ] {
            assert!(!is_meant(Some(host), here), "{host}");
        }
        assert!(!is_meant(None, here));
    }
}
