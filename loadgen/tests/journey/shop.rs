//! A shop: log in, order, ask until the order is completed.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as the shop saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Seen {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A server on a port of its own. Its threads end with their connections.
pub struct Shop {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A whole reply.
pub fn reply(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

impl Shop {
    /// One that answers like this; no reply closes the connection.
    pub fn start(answer: impl Fn(&Seen) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (noted, answer) = (Arc::clone(&seen), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream, &noted, answer.as_ref()));
            }
        });
        Self { address, seen }
    }

    /// The shop itself.
    pub fn open() -> Self {
        let polls = Mutex::new(0_u64);
        Self::start(move |seen| Some(shop(seen, &mut polls.lock().unwrap())))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn shop(seen: &Seen, polls: &mut u64) -> Vec<u8> {
    let is_known =
        seen.header("cookie").contains("sid=s1") && seen.header("authorization") == "Bearer t1";
    match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/login") if seen.body == "password=p%26q&user=ann" => {
            let headers =
                "Set-Cookie: sid=s1; Path=/; HttpOnly\r\nContent-Type: application/json\r\n";
            reply(200, headers, br#"{"token": "t1"}"#)
        }
        ("POST", "/login") => reply(401, "", b""),
        _ if !is_known => reply(403, "", b""),
        ("POST", "/orders") => {
            reply(201, "Location: /orders/7\r\n", br#"{"id": 7, "status": "Requested"}"#)
        }
        ("GET", "/orders/7") => {
            *polls += 1;
            let status = if polls.is_multiple_of(3) { "Completed" } else { "Requested" };
            reply(200, "", format!("{{\"id\": 7, \"status\": \"{status}\"}}").as_bytes())
        }
        _ => reply(404, "", b""),
    }
}

fn serve(
    stream: &TcpStream,
    noted: &Mutex<Vec<Seen>>,
    answer: &(dyn Fn(&Seen) -> Option<Vec<u8>> + Send + Sync),
) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(seen) = read(&mut reader) {
        noted.lock().unwrap().push(seen.clone());
        let Some(bytes) = answer(&seen) else { return };
        if (&mut &*stream).write_all(&bytes).is_err() {
            return;
        }
    }
}

/// Reads a request; `None` at the end of the connection.
fn read(reader: &mut BufReader<&TcpStream>) -> Option<Seen> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut headers = HashMap::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length: &String| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Seen { method, path, headers, body: String::from_utf8(body).unwrap() })
}
