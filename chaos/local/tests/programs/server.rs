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

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
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
    let mut term = signal(SignalKind::terminate()).expect("signals can be handled");
    let health = Arc::new(Health::default());
    let (ending, end) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(connection(stream, Arc::clone(&health), end.clone()));
            }
            _ = term.recv() => if !deaf { break },
        }
    }
    drop((listener, ending));
    while connections.join_next().await.is_some() {}
}

async fn connection(stream: TcpStream, health: Arc<Health>, mut end: watch::Receiver<()>) {
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
    let _ = request.into_body().collect().await;
    let (status, text) = match path.as_str() {
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

fn flag(flag: &AtomicBool, value: bool) -> String {
    flag.store(value, Relaxed);
    "done".to_owned()
}
