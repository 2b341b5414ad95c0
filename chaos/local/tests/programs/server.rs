//! A program such as a user's own: an HTTP server that misbehaves when its environment
//! (`BEHAVIOUR`) or a request demands it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::env;
use std::path::Path;
use std::pin::pin;
use std::process::{Command, exit, id};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Default)]
struct Health {
    zombie: AtomicBool,
    unready: AtomicBool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let behaviour = env::var("BEHAVIOUR").unwrap_or_default();
    match behaviour.as_str() {
        "exit" => {
            println!("opening the store");
            eprintln!("the store is locked");
            exit(3);
        }
        "mute" => {
            println!("I do not listen");
            std::future::pending::<()>().await;
        }
        "parent" => fork(&mut Command::new(env::current_exe().expect("it runs"))),
        // As a daemon: in a session of its own.
        "daemon" => fork(Command::new("setsid").arg(env::current_exe().expect("it runs"))),
        // As an API whose database is not up yet.
        "needs" if !Path::new(&env::var("UP_FILE").unwrap_or_default()).exists() => exit(1),
        _ => {}
    }
    if let Ok(delay) = env::var("START_MS") {
        tokio::time::sleep(Duration::from_millis(delay.parse().unwrap_or(0))).await;
    }
    if let (Ok(file), "") = (env::var("UP_FILE"), behaviour.as_str()) {
        std::fs::write(file, "").expect("the file can be written");
    }
    serve(behaviour == "deaf").await;
}

/// Leaves a child running.
#[expect(clippy::zombie_processes, reason = "that it is left is what it is for")]
fn fork(command: &mut Command) {
    let child = command.env("BEHAVIOUR", "mute").spawn().expect("it can be started again");
    println!("child {}", child.id());
}

async fn serve(deaf: bool) {
    let port: u16 = env::var("PORT").expect("PORT is set").parse().expect("PORT is a port");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    // A service with a second port is told so; any other listens on a free one that nobody knows.
    let admin = env::var("ADMIN_PORT").map_or(0, |port| port.parse().expect("a port"));
    let admin = TcpListener::bind(("127.0.0.1", admin)).await.expect("the port is free");
    let mut term = signal(SignalKind::terminate()).expect("signals can be handled");
    let health = Arc::new(Health::default());
    let (ending, end) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(connection(stream, Arc::clone(&health), end.clone()));
            }
            Ok((stream, _)) = admin.accept() => {
                connections.spawn(connection(stream, Arc::clone(&health), end.clone()));
            }
            _ = term.recv() => if !deaf { break },
        }
    }
    drop((listener, admin, ending));
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, health: Arc<Health>, mut end: watch::Receiver<()>) {
    if env::var("BEHAVIOUR").is_ok_and(|behaviour| behaviour == "grpc") {
        let service = service_fn(move |request| grpc_health(request, Arc::clone(&health)));
        let server = http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
        return;
    }
    let service = service_fn(move |request| answer(request, Arc::clone(&health)));
    let mut connection =
        pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = end.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    health: Arc<Health>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let is_keyed = request.headers().get("x-key").is_some_and(|key| key == "open")
        && request.headers().get("host").is_some_and(|host| host == "shop.example");
    let _ = request.into_body().collect().await;
    let (status, text) = match path.as_str() {
        "/keyed" if !is_keyed => (401, "no key".to_owned()),
        "/makeZombie" => (200, flag(&health.zombie, true)),
        "/health" if health.zombie.load(Relaxed) => (500, "zombie".to_owned()),
        "/unready" => (200, flag(&health.unready, true)),
        "/ready" if health.unready.load(Relaxed) => (503, "not ready".to_owned()),
        "/crash" => exit(7),
        "/slow" => {
            tokio::time::sleep(Duration::from_millis(300)).await;
            (200, id().to_string())
        }
        "/whoami" => (200, id().to_string()),
        "/env" => (200, format!("{:?}", env::vars().collect::<HashMap<_, _>>())),
        "/args" => (200, env::args().skip(1).collect::<Vec<_>>().join(" ")),
        "/dir" => (200, env::current_dir().unwrap_or_default().display().to_string()),
        _ => (200, "ok".to_owned()),
    };
    let mut reply = Response::new(Full::from(text));
    *reply.status_mut() = StatusCode::from_u16(status).expect("it is a status");
    Ok(reply)
}

/// gRPC's health service. It knows the server as a whole, and a service called `shop`, which is
/// serving unless the server is a zombie.
async fn grpc_health(
    request: Request<Incoming>,
    health: Arc<Health>,
) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, Infallible> {
    let path = request.uri().path().to_owned();
    let asked = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let (status, message): (&str, &[u8]) = match (path.as_str(), asked.get(5..)) {
        ("/grpc.health.v1.Health/Check", Some(b"" | b"\x0a\x04shop")) => {
            match health.zombie.load(Relaxed) {
                // A field of the message: its number, and the state.
                true => ("0", b"\0\0\0\0\x02\x08\x02"),
                false => ("0", b"\0\0\0\0\x02\x08\x01"),
            }
        }
        ("/makeZombie", _) => {
            health.zombie.store(true, Relaxed);
            ("0", b"")
        }
        _ => ("5", b""),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    let body = Full::new(Bytes::from_static(message));
    let body = body.with_trailers(async move { Some(Ok(trailers)) });
    let mut reply = Response::new(body);
    reply.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    Ok(reply)
}

fn flag(flag: &AtomicBool, value: bool) -> String {
    flag.store(value, Relaxed);
    "done".to_owned()
}
