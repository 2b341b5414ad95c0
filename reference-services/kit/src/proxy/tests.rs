//! The gateway against services that answer, refuse, break off and hang.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Path, Proxy, Route};
use crate::calls::Upstreams;
use crate::config::{Config, Defaults, Env};
use crate::rest::{self, Problem};

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A port that nobody listens on.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Reads a request and hangs up.
async fn breaks_off() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.readable().await.unwrap();
            drop(stream.try_read(&mut [0; 65536]));
        }
    });
    address
}

async fn gateway(upstreams: &[SocketAddr]) -> String {
    let urls: Vec<_> = upstreams.iter().map(|address| format!("http://{address}")).collect();
    let defaults = Defaults { service: "gateway", port: 0, data_dir: "" };
    let metrics = Config::read(Env::default(), defaults).unwrap().metrics();
    let upstreams = Upstreams::parse(&urls.join(",")).unwrap();
    let paths = [
        Path::new("/orders"),
        Path::alias("/bookings", "/orders"),
        Path::alias("/", "/orders").only("POST"),
    ];
    let routes = paths.map(|path| Route { path, upstreams: upstreams.clone() });
    let proxy = Proxy::new(routes.into(), &metrics);
    let router = Router::new().fallback(move |request: Request| {
        let proxy = proxy.clone();
        async move {
            let (parts, body) = request.into_parts();
            let route = proxy.route(&parts)?;
            let request = Request::from_parts(parts, body);
            Ok::<_, Problem>(proxy.forward(&route, request, Duration::from_millis(300)).await)
        }
    });
    format!("http://{}", serve(rest::surround(router, &metrics)).await)
}

async fn echo(request: Request) -> String {
    let (parts, body) = request.into_parts();
    let header =
        |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let forwarded = (header("x-forwarded-host").is_some(), header("x-forwarded-proto"));
    let hop = (header("te"), header("x-once"), header("keep-alive"));
    let trace = header("traceparent").is_some();
    let body = axum::body::to_bytes(body, 1000).await.unwrap();
    format!(
        "{} {} forwarded={forwarded:?} hop={hop:?} trace={trace} body={body:?}",
        parts.method, parts.uri
    )
}

#[tokio::test]
async fn a_request_passes_without_hop_by_hop_headers() {
    let gateway = gateway(&[serve(Router::new().fallback(any(echo))).await]).await;
    let request = reqwest::Client::new()
        .post(format!("{gateway}/orders/7?page=1"))
        .header("connection", "x-once")
        .header("x-once", "here")
        .header("te", "trailers")
        .body("text");
    insta::assert_snapshot!(request.send().await.unwrap().text().await.unwrap());
}

#[tokio::test]
async fn an_alias_arrives_under_the_services_own_path() {
    let gateway = gateway(&[serve(Router::new().fallback(any(echo))).await]).await;
    let client = reqwest::Client::new();
    let get = client
        .get(format!("{gateway}/bookings/7?page=1"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(get.starts_with("GET /orders/7?page=1 "), "{get}");
    let post =
        client.post(format!("{gateway}/")).body("text").send().await.unwrap().text().await.unwrap();
    assert!(post.starts_with("POST /orders ") && post.ends_with("body=b\"text\""), "{post}");
    assert_eq!(
        client.get(format!("{gateway}/")).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn replicas_take_turns_and_one_that_is_down_is_skipped() {
    let replica = |name: &'static str| Router::new().fallback(any(move || async move { name }));
    let (one, other) = (serve(replica("one")).await, serve(replica("other")).await);
    let gateway = gateway(&[one, other, nobody().await]).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        // A POST too: where there was no connection nothing was sent.
        let response =
            reqwest::Client::new().post(format!("{gateway}/orders")).send().await.unwrap();
        answers.push(response.text().await.unwrap());
    }
    assert_eq!(answers, ["one", "other", "one", "other"]);
}

#[tokio::test]
async fn a_request_that_may_have_had_its_effect_is_not_retried() {
    let fine = serve(Router::new().fallback(any(|| async { "fine" }))).await;
    let gateway = gateway(&[breaks_off().await, fine]).await;
    let client = reqwest::Client::new();
    let posted = client.post(format!("{gateway}/orders")).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(posted.headers()["retry-after"], "1");
    // The other replica's turn, then the breaking one again.
    assert_eq!(
        client.get(format!("{gateway}/orders")).send().await.unwrap().text().await.unwrap(),
        "fine"
    );
    assert_eq!(
        client.get(format!("{gateway}/orders")).send().await.unwrap().text().await.unwrap(),
        "fine"
    );
}

#[tokio::test]
async fn the_gateway_answers_for_a_service_that_does_not() {
    let hangs = serve(Router::new().fallback(any(std::future::pending::<String>))).await;
    let cases =
        [(nobody().await, StatusCode::SERVICE_UNAVAILABLE), (hangs, StatusCode::GATEWAY_TIMEOUT)];
    for (upstream, expected) in cases {
        let response =
            reqwest::get(format!("{}/orders/1", gateway(&[upstream]).await)).await.unwrap();
        assert_eq!(response.status(), expected);
        assert_eq!(response.headers()["retry-after"], "1");
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(
            (&body["path"], &body["status"]),
            (&"/orders/1".into(), &expected.as_u16().into())
        );
    }
}

#[tokio::test]
async fn unknown_paths_and_oversized_bodies_are_refused() {
    let gateway = gateway(&[serve(Router::new().fallback(any(echo))).await]).await;
    let unknown = reqwest::get(format!("{gateway}/unknown")).await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    // The client at hand resolves dots itself, so this goes over a bare connection.
    let address: SocketAddr = gateway.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = "GET /orders/%2e%2e/stocks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    let large =
        reqwest::Client::new().post(format!("{gateway}/orders")).body(vec![b' '; (1 << 20) + 1]);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}
