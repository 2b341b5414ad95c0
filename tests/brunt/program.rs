//! A small program that is not brunt's: what the system files of these tests start. It is this very
//! test binary, started as a server.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// A system file of two such programs; `more` is added to `front`.
pub fn system(more: &str) -> String {
    let this = std::env::current_exe().unwrap();
    let command = format!("[{this:?}, --exact, program::serve, --ignored, --nocapture]");
    format!(
        "\
version: 1
name: shop
entry: front
services:
  back:
    command: {command}
    env: {{NAME: back}}
    startsWithin: 5s
  front:
    command: {command}
    env: {{NAME: front}}
    calls: {{back: {{env: BACK_URL}}}}
    readinessProbe: {{httpGet: {{path: /ready}}, periodSeconds: 1}}
    livenessProbe: {{httpGet: {{path: /ready}}, periodSeconds: 1, failureThreshold: 1}}
    startsWithin: 5s
    guards: {{memory: {{env: {{FORGET: 'yes'}}}}}}
{more}"
    )
}

static ORDERS: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// How often each thing was put.
static THINGS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// Pages of a collection that has no last one.
static PAGES: AtomicU64 = AtomicU64::new(1);

/// No test but the program, which the system files of the other tests start.
#[test]
#[ignore = "a program that other tests start"]
fn serve() {
    let port = std::env::var("PORT").expect("PORT is not set: other tests start this program");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        std::thread::spawn(move || talk(&stream.unwrap()));
    }
}

fn talk(stream: &TcpStream) {
    let mut reader = BufReader::new(stream);
    while let Some(Request { method, path, authorization }) = request(&mut reader) {
        let (status, body) = match path.starts_with("/whoami") {
            true => (200, format!("{{\"authorization\":{authorization:?},\"path\":{path:?}}}")),
            false => answer(&method, &path),
        };
        let more = if path == "/no-end" { 1 << 20 } else { 0 };
        let location = if status == 302 { "location: /ready\r\n" } else { "" };
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{location}content-length: \
             {}\r\n\r\n",
            body.len() + more
        );
        if (&mut &*stream).write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

struct Request {
    method: String,
    path: String,
    authorization: String,
}

/// Reads a request with its body; `None` at the end of the connection.
fn request(reader: &mut BufReader<&TcpStream>) -> Option<Request> {
    let mut authorization = String::new();
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let written = line.trim_end();
        let line = written.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if line.starts_with("authorization:") {
            authorization = written["authorization:".len()..].trim().to_owned();
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Request { method, path, authorization })
}

fn answer(method: &str, path: &str) -> (u16, String) {
    let mut orders = ORDERS.lock().unwrap();
    match (method, path) {
        ("POST", "/orders") => {
            let id = orders.len() as u64 + 1;
            let forgets = std::env::var_os("FORGET").is_some() && id.is_multiple_of(2);
            orders.push(if forgets { 0 } else { id });
            (201, format!("{{\"id\":{id}}}"))
        }
        // A system that gives every order the same number, and keeps one.
        ("POST", "/same") => {
            if orders.is_empty() {
                orders.push(1);
            }
            (201, "{\"id\":1}".to_owned())
        }
        ("GET", "/orders") => (
            200,
            format!("{{\"orders\":{:?}}}", orders.iter().filter(|id| **id > 0).collect::<Vec<_>>()),
        ),
        ("PUT", path) if path.starts_with("/things/") => {
            let mut things = THINGS.lock().unwrap();
            if std::env::var_os("FORGET").is_none() || !things.len().is_multiple_of(2) {
                *things.entry(path["/things/".len()..].to_owned()).or_default() += 1;
            } else {
                things.insert("forgotten".to_owned(), 1);
            }
            (204, String::new())
        }
        ("GET", "/things") => (200, format!("{{\"things\":{:?}}}", THINGS.lock().unwrap())),
        ("GET", "/back") => (if back_answers() { 200 } else { 502 }, "{}".to_owned()),
        ("GET", "/moved") => (302, "{}".to_owned()),
        ("GET", "/circle") => {
            (200, "{\"orders\":[],\"_links\":{\"next\":{\"href\":\"/circle\"}}}".to_owned())
        }
        ("GET", endless) if endless.starts_with("/endless") => {
            let next = format!("/endless?page={}", PAGES.fetch_add(1, Ordering::Relaxed));
            (200, format!("{{\"_links\":{{\"next\":{{\"href\":{next:?}}}}}}}"))
        }
        ("GET", "/broken") => (500, "{\"message\":\"broken\"}".to_owned()),
        ("GET", "/end") => std::process::exit(3),
        _ => (200, format!("{{\"name\":{:?}}}", std::env::var("NAME").unwrap_or_default())),
    }
}

fn back_answers() -> bool {
    let url = std::env::var("BACK_URL").unwrap_or_default();
    let Ok(mut stream) = TcpStream::connect(url.trim_start_matches("http://")) else {
        return false;
    };
    let mut reply = String::new();
    stream.write_all(b"GET /ready HTTP/1.1\r\nhost: back\r\nconnection: close\r\n\r\n").is_ok()
        && stream.read_to_string(&mut reply).is_ok()
        && reply.starts_with("HTTP/1.1 200")
}
