//! The response to a request: the page, its events, or an error. No request changes anything.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use brunt_reports::live_page;
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::event_stream::{EventStream, PageMessages};
use super::state::{PageState, PageView};

/// A response with a whole body, or with events that go on.
pub type PageResponse = Response<Either<Full<Bytes>, EventStream>>;

// The page may run the script that is in it and ask this server for events, nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src \
                   'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; \
                   form-action 'none'; frame-ancestors 'none'";

/// The response to a request that arrived at this address.
pub fn to(
    request: &Request<Incoming>,
    here: Option<SocketAddr>,
    state: &Mutex<PageState>,
    messages: &PageMessages,
) -> PageResponse {
    let header_text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if !is_for_this_server(header_text(header::HOST), here) {
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
        "/" => page(state),
        "/events" => {
            let seen = header_text(header::HeaderName::from_static("last-event-id"));
            let events = messages.events(seen, || now(state));
            answer(StatusCode::OK, "text/event-stream", Either::Right(events))
        }
        _ => text(StatusCode::NOT_FOUND, "There is only one page: /\n"),
    }
}

fn now(state: &Mutex<PageState>) -> PageView {
    state.lock().unwrap_or_else(PoisonError::into_inner).view()
}

// Whether the Host header is an IP address or `localhost`, with this port. A page of another site
// whose name was made to point here (DNS rebinding) has its own name in it.
fn is_for_this_server(host: Option<&str>, here: Option<SocketAddr>) -> bool {
    let Some(host) = host else { return false };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
        _ => (host, Some(80)),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let known = bare.parse::<IpAddr>().is_ok() || bare.eq_ignore_ascii_case("localhost");
    known && here.is_none_or(|here| port == Some(here.port()))
}

fn page(state: &Mutex<PageState>) -> PageResponse {
    match now(state).html().and_then(|frame| live_page(&frame)) {
        Ok(page) => answer(StatusCode::OK, "text/html; charset=utf-8", Either::Left(page.into())),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n")),
    }
}

fn text(status: StatusCode, text: &str) -> PageResponse {
    answer(status, "text/plain; charset=utf-8", Either::Left(text.to_owned().into()))
}

fn answer(
    status: StatusCode,
    kind: &'static str,
    body: Either<Full<Bytes>, EventStream>,
) -> PageResponse {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::is_for_this_server;

    #[test]
    fn requests_under_another_site_s_name_are_refused() {
        let here = Some("127.0.0.1:7357".parse().unwrap());
        for host in
            ["127.0.0.1:7357", "localhost:7357", "[::1]:7357", "LOCALHOST:7357", "10.0.0.1:7357"]
        {
            assert!(is_for_this_server(Some(host), here), "{host}");
        }
        for host in [
            "evil.example:7357",
            "localhost:80",
            "localhost",
            "127.0.0.1.evil.example:7357",
            "",
            ":7357",
        ] {
            assert!(!is_for_this_server(Some(host), here), "{host}");
        }
        assert!(!is_for_this_server(None, here));
    }
}
