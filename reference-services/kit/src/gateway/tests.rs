//! A gateway in front of a service, told this and that.

mod evasions;

use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use http::StatusCode;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{pause, timeout};

use super::{Target, plan};
use crate::config::{Config, Defaults, Env};
use crate::lifecycle::{Shutdown, Trigger};
use crate::openapi;
use crate::proxy::Path;

/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);
static TARGETS: &[Target] = &[Target {
    service: "order",
    port: 1,
    api: || {
        let order = openapi::fields(&[("id", openapi::whole(1))]);
        openapi::document(
            "order",
            &[
                openapi::get("/orders", "A page of orders").pages(&order),
                openapi::get("/orders/{id}", "One order").gives(&order),
            ],
        )
    },
    paths: &[Path::new("/orders"), Path::alias("/bookings", "/orders")],
}];
const ISSUER: [(&str, &str); 4] = [
    ("OAUTH_CLIENTS", "writer:w:orders:write orders:read,reader:r:orders:read"),
    ("JWT_ISSUER", "http://issuer"),
    ("JWT_AUDIENCE", "shop"),
    ("JWT_SCOPES", "POST /orders orders:write, /orders orders:read"),
];

struct Running {
    url: String,
    client: Client,
    _stop: Trigger,
}

/// A gateway before a service that says what it was asked.
async fn start(variables: &[(&str, &str)]) -> Running {
    let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", service.local_addr().unwrap());
    let echo =
        any(|request: Request| async move { format!("{} {}", request.method(), request.uri()) });
    tokio::spawn(async move { axum::serve(service, Router::new().fallback(echo)).await });
    let env =
        Env::from_pairs([("PORT", "0"), ("API_ORDER_URL", &url)].iter().chain(variables).copied());
    let config = Config::read(env, Defaults { service: "gateway", port: 0, data_dir: "" }).unwrap();
    let plan = plan(config, TARGETS).unwrap();
    let port = plan.take_port().unwrap();
    let address: SocketAddr = port.address();
    let (trigger, shutdown) = Shutdown::manual();
    tokio::spawn(async move { plan.build().unwrap().run(port, shutdown).await });
    let running =
        Running { url: format!("http://{address}"), client: Client::new(), _stop: trigger };
    let ready = async { while running.try_get("/isHealthy").await.is_none() {} };
    timeout(BOUND, ready).await.expect("it listens");
    running
}

impl Running {
    async fn try_get(&self, path: &str) -> Option<Response> {
        self.client.get(format!("{}{path}", self.url)).send().await.ok()
    }

    async fn get(&self, path: &str) -> Response {
        self.try_get(path).await.unwrap()
    }

    async fn with(&self, method: &str, path: &str, name: &str, value: &str) -> Response {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.url));
        request.header(name, value).send().await.unwrap()
    }

    async fn bearing(&self, method: &str, path: &str, token: &str) -> Response {
        self.with(method, path, "authorization", &format!("Bearer {token}")).await
    }

    async fn ask_token(&self, form: &str) -> Response {
        let request = self.client.post(format!("{}/oauth/token", self.url));
        let form = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        form.send().await.unwrap()
    }

    async fn token(&self, id: &str, secret: &str) -> String {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let answer: Value = self.ask_token(&form).await.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn until_metric(&self, line: &str) {
        let waiting = async {
            while !self.get("/actuator/prometheus").await.text().await.unwrap().contains(line) {}
        };
        timeout(BOUND, waiting).await.expect(line);
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_gateway_does_nothing_that_is_not_configured() {
    let gateway = start(&[]).await;
    let response = gateway.get("/bookings/7?x=1").await;
    assert_eq!((response.status(), header(&response, "x-ratelimit-limit")), (StatusCode::OK, None));
    assert_eq!(response.text().await.unwrap(), "GET /orders/7?x=1");
    assert_eq!(
        gateway.ask_token("grant_type=client_credentials").await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn each_client_has_its_own_rate() {
    let gateway = start(&[
        ("RATE_LIMIT", "2/10m"),
        ("RATE_LIMIT_BY", "header:X-Api-Key"),
        ("RATE_LIMIT_KEYS", "a,b,ip 127.0.0.1"),
    ])
    .await;
    for remaining in ["1", "0"] {
        let response = gateway.with("GET", "/orders", "x-api-key", "a").await;
        assert_eq!(
            (response.status(), header(&response, "x-ratelimit-limit")),
            (StatusCode::OK, Some("2"))
        );
        assert_eq!(header(&response, "x-ratelimit-remaining"), Some(remaining));
    }
    let refused = gateway.with("GET", "/orders", "x-api-key", "a").await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "x-ratelimit-remaining"), Some("0"));
    for name in ["retry-after", "x-ratelimit-reset"] {
        assert!(header(&refused, name).unwrap().parse::<u32>().unwrap() > 200, "{name}");
    }
    assert_eq!(refused.json::<Value>().await.unwrap()["status"], 429);
    // Other keys, and clients without a key or with an invented one, who count by address; neither
    // can pass for the other.
    assert_eq!(gateway.with("GET", "/orders", "x-api-key", "b").await.status(), StatusCode::OK);
    let statuses = [
        gateway.get("/orders").await,
        gateway.with("GET", "/orders", "x-api-key", "invented").await,
        gateway.with("GET", "/orders", "x-api-key", "invented too").await,
        gateway.get("/orders").await,
    ]
    .map(|response| response.status().as_u16());
    assert_eq!(statuses, [200, 200, 429, 429]);
    assert_eq!(
        gateway.with("GET", "/orders", "x-api-key", "ip 127.0.0.1").await.status(),
        StatusCode::OK
    );
    // The gateway's own paths are never limited.
    assert_eq!(gateway.get("/actuator/health").await.status(), StatusCode::OK);
    gateway.until_metric("gateway_refused_total{reason=\"rate\"} 3\n").await;
}

#[tokio::test]
async fn an_issued_token_opens_the_paths_of_its_scopes() {
    let gateway = start(&ISSUER).await;
    let without = gateway.get("/orders").await;
    assert_eq!(without.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(header(&without, "www-authenticate"), Some("Bearer realm=\"gateway\""));
    let bad = gateway.bearing("GET", "/orders", "x.y.z").await;
    assert_eq!(bad.status(), StatusCode::UNAUTHORIZED);
    assert!(
        header(&bad, "www-authenticate").unwrap().starts_with("Bearer error=\"invalid_token\"")
    );
    assert_eq!(bad.json::<Value>().await.unwrap()["path"], "/orders");
    let (writer, reader) = (gateway.token("writer", "w").await, gateway.token("reader", "r").await);
    for (method, path, token, expected) in [
        ("GET", "/orders/1", &reader, 200),
        ("POST", "/orders", &writer, 200),
        ("POST", "/orders", &reader, 403),
        // By another name it is the same thing.
        ("POST", "/bookings", &reader, 403),
        ("DELETE", "/bookings/1", &reader, 200),
    ] {
        let response = gateway.bearing(method, path, token).await;
        assert_eq!(response.status().as_u16(), expected, "{method} {path}");
        if expected == 403 {
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders:write\"";
            assert_eq!(header(&response, "www-authenticate"), Some(challenge));
        }
    }
    assert_eq!(gateway.get("/isHealthy").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn tokens_are_issued_as_oauth_2_specifies() {
    let gateway = start(&ISSUER).await;
    let answer = gateway
        .ask_token(
            "grant_type=client_credentials&client_id=writer&client_secret=w&scope=orders:read",
        )
        .await;
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        (&answer["token_type"], &answer["scope"]),
        (&json!("Bearer"), &json!("orders:read"))
    );
    assert_eq!(answer["expires_in"], 300);
    let basic = gateway
        .client
        .post(format!("{}/oauth/token", gateway.url))
        .header("authorization", "Basic d3JpdGVyOnc=");
    let basic = basic
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    assert_eq!(basic.send().await.unwrap().status(), StatusCode::OK);
    let mut refusals = Vec::new();
    for form in [
        "",
        "grant_type=password&client_id=writer&client_secret=w",
        "grant_type=client_credentials",
        "grant_type=client_credentials&client_id=writer&client_secret=x",
        "grant_type=client_credentials&client_id=reader&client_secret=r&scope=orders:write",
        "%ff=%",
    ] {
        let refusal = gateway.ask_token(form).await;
        refusals.push(format!("{} {}", refusal.status().as_u16(), refusal.text().await.unwrap()));
    }
    insta::assert_snapshot!(refusals.join("\n"));
    let discovery: Value =
        gateway.get("/.well-known/openid-configuration").await.json().await.unwrap();
    assert_eq!(discovery["jwks_uri"], "http://issuer/.well-known/jwks.json");
    let jwks = gateway.get("/.well-known/jwks.json").await.text().await.unwrap();
    assert!(jwks.contains("\"ES256\"") && !jwks.contains("\"d\""), "only the public half: {jwks}");
}

#[tokio::test]
async fn another_gateway_fetches_the_issuers_keys() {
    let issuer = start(&ISSUER).await;
    let jwks = format!("{}/.well-known/jwks.json", issuer.url);
    let gateway = start(&[ISSUER[1], ISSUER[2], ISSUER[3], ("JWT_JWKS_URL", &jwks)]).await;
    let token = issuer.token("reader", "r").await;
    assert_eq!(gateway.bearing("GET", "/orders", &token).await.status(), StatusCode::OK);
    let nowhere = start(&[ISSUER[1], ISSUER[2], ("JWT_JWKS_URL", "http://127.0.0.1:1/jwks")]).await;
    let response = nowhere.bearing("GET", "/orders", &token).await;
    assert_eq!(
        (response.status(), header(&response, "retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, Some("1"))
    );
}

#[tokio::test]
async fn a_limit_by_subject_separates_subjects_and_needs_a_token() {
    let limit = [("RATE_LIMIT", "2/10m"), ("RATE_LIMIT_BY", "subject")];
    let gateway = start(&[&ISSUER[..], &limit].concat()).await;
    let tokens = [gateway.token("writer", "w").await, gateway.token("reader", "r").await];
    for token in &tokens {
        for _ in 0..2 {
            assert_eq!(gateway.bearing("GET", "/orders", token).await.status(), StatusCode::OK);
        }
        assert_eq!(
            gateway.bearing("GET", "/orders", token).await.status(),
            StatusCode::TOO_MANY_REQUESTS
        );
    }
    assert_eq!(gateway.get("/orders").await.status(), StatusCode::UNAUTHORIZED);
}

/// Mounts a version of the file as Kubernetes does: `gateway.yaml` leads to `..data`, and that to
/// what is swapped.
fn mount(directory: &FilePath, version: &str, text: &str) {
    let data = directory.join(version);
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("gateway.yaml"), text).unwrap();
    symlink(version, directory.join("..new")).unwrap();
    std::fs::rename(directory.join("..new"), directory.join("..data")).unwrap();
    drop(symlink("..data/gateway.yaml", directory.join("gateway.yaml")));
}

#[tokio::test]
async fn a_changed_file_changes_the_policy_and_no_request_is_lost() {
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("gateway.yaml");
    mount(directory.path(), "..1", "rateLimit: {rate: 1000000/s}");
    let gateway = Arc::new(start(&[("GATEWAY_CONFIG", file.to_str().unwrap())]).await);
    let stop = Arc::new(AtomicBool::new(false));
    let hammer = |gateway: Arc<Running>, stop: Arc<AtomicBool>| async move {
        let mut sent = 0;
        while !stop.load(Ordering::SeqCst) {
            assert_eq!(gateway.get("/orders").await.status(), StatusCode::OK);
            sent += 1;
        }
        sent
    };
    let hammers: Vec<_> =
        (0..4).map(|_| tokio::spawn(hammer(Arc::clone(&gateway), Arc::clone(&stop)))).collect();
    mount(directory.path(), "..2", "rateLimit: {rate: 2000000/s}");
    gateway.until_metric("config_reloads_total{outcome=\"applied\"} 1\n").await;
    assert_eq!(header(&gateway.get("/orders").await, "x-ratelimit-limit"), Some("2000000"));
    mount(directory.path(), "..3", "rateLimit: {rate: many}");
    gateway.until_metric("config_reloads_total{outcome=\"refused\"} 1\n").await;
    gateway.until_metric("config_last_reload_successful{} 0\n").await;
    assert_eq!(header(&gateway.get("/orders").await, "x-ratelimit-limit"), Some("2000000"));
    std::fs::remove_file(directory.path().join("..data")).unwrap();
    gateway.until_metric("config_reloads_total{outcome=\"refused\"} 2\n").await;
    mount(directory.path(), "..4", "# no limit\n");
    gateway.until_metric("config_reloads_total{outcome=\"applied\"} 2\n").await;
    gateway.until_metric("config_last_reload_successful{} 1\n").await;
    assert_eq!(header(&gateway.get("/orders").await, "x-ratelimit-limit"), None);
    stop.store(true, Ordering::SeqCst);
    for hammer in hammers {
        assert!(hammer.await.unwrap() > 0);
    }
}

#[test]
fn a_gateway_that_cannot_start_says_what_to_do() {
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("gateway.yaml");
    std::fs::write(&file, "rateLimit: {rate: many}").unwrap();
    let failure = |variables: &[(&str, &str)]| {
        let env = Env::from_pairs(variables.iter().copied());
        let config =
            Config::read(env, Defaults { service: "gateway", port: 0, data_dir: "" }).unwrap();
        let error = plan(config, TARGETS).err().unwrap().to_string();
        error.replace(directory.path().to_str().unwrap(), "DIR")
    };
    let failures = [
        failure(&[("GATEWAY_CONFIG", file.to_str().unwrap())]),
        failure(&[("GATEWAY_CONFIG", "/nowhere/gateway.yaml")]),
        failure(&[("RATE_LIMIT", "fast")]),
        failure(&[("JWT_ISSUER", "a")]),
        failure(&[("OAUTH_CLIENTS", "app")]),
        failure(&[("OAUTH_CLIENTS", "a:b"), ("OAUTH_TOKEN_TTL", "10ms")]),
        failure(&[("OAUTH_CLIENTS", "a:b"), ("OAUTH_KEY_FILE", file.to_str().unwrap())]),
    ];
    insta::assert_snapshot!(failures.join("\n"));
}

#[tokio::test]
async fn a_gateway_that_checks_tokens_becomes_no_zombie_without_one() {
    let gateway = start(&ISSUER).await;
    for method in ["GET", "POST"] {
        let refused = gateway.with(method, "/makeZombie", "accept", "*/*").await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{method}");
        let forged = gateway.bearing(method, "/makeZombie", "forged").await;
        assert_eq!(forged.status(), StatusCode::UNAUTHORIZED, "{method}");
    }
    assert_eq!(gateway.get("/isHealthy").await.status(), StatusCode::OK);
    let token = gateway.token("reader", "r").await;
    let made = gateway.bearing("POST", "/makeZombie", &token).await;
    assert_eq!(made.status(), StatusCode::OK);
    assert_eq!(gateway.get("/isHealthy").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_scope_can_be_needed_to_make_a_zombie() {
    let scopes = ("JWT_SCOPES", "POST /orders orders:write, /makeZombie orders:write");
    let variables = [ISSUER[0], ISSUER[1], ISSUER[2], scopes];
    let gateway = start(&variables).await;
    let reader = gateway.token("reader", "r").await;
    let refused = gateway.bearing("POST", "/makeZombie", &reader).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(gateway.get("/isHealthy").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up_by_the_gateway() {
    let gateway = start(&[]).await;
    pause();
    let mut client = TcpStream::connect(gateway.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /orders HTTP/1.1\r\nhost: shop\r\ncontent-length: 9\r\n\r\n{";
    client.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let reading = client.read_to_string(&mut answer);
    timeout(Duration::from_secs(3600), reading).await.expect("there is an answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}
