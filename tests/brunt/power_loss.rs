//! A loss of power loses nothing that was answered, so no id is given twice.
//!
//! A library that is loaded into the service keeps what it flushes, as it is at that moment; after
//! a kill, the service gets that alone. So every loss that a disk may make of the rest happens.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::workplace::{Workplace, wait_until};

/// A service of the built-in coffee chain that needs no other one for a command.
struct Kind {
    service: &'static str,
    collection: &'static str,
    command: &'static str,
}

/// On SQLite.
const ORDER: Kind = Kind { service: "order", collection: "orders", command: "/orders" };

/// On redb. What is made for an order is called off: a document of its own.
const PRODUCT: Kind =
    Kind { service: "product", collection: "products", command: "/products/cancel" };

/// A running service, killed when this is dropped.
struct Running {
    process: Child,
    kind: &'static Kind,
    port: u16,
}

impl Running {
    fn start(kind: &'static Kind, data: &Path, set: impl Fn(&mut Command)) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_brunt"));
        command.args(["serve", "coffee", kind.service]).stdout(Stdio::null());
        command.env("DATA_DIR", data).env("HOST", "127.0.0.1").env("PORT", port.to_string());
        set(&mut command);
        let running = Self { process: command.spawn().unwrap(), kind, port };
        wait_until("the service answers", || {
            running.exchange("GET", &format!("/{}", kind.collection), "").is_some()
        });
        running
    }

    /// The body of a good reply.
    fn exchange(&self, method: &str, path: &str, body: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes()).ok()?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).ok()?;
        let (head, body) = reply.split_once("\r\n\r\n")?;
        let is_good = head.starts_with("HTTP/1.1 20");
        is_good.then(|| serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Each command makes a document.
    fn command(&self, number: u32) {
        let body = match self.kind.service {
            "order" => r#"{"productName": "Americano", "qty": 1}"#.to_owned(),
            _ => format!(r#"{{"orderId": {number}}}"#),
        };
        let reply = self.exchange("POST", self.kind.command, &body);
        assert!(reply.is_some(), "command {number} is not accepted");
    }

    fn ids(&self) -> BTreeSet<i64> {
        let collection = self.kind.collection;
        let path = format!("/{collection}?size=100");
        let all = self.exchange("GET", &path, "").unwrap();
        let rows = all["_embedded"][collection].as_array().unwrap();
        let ids: BTreeSet<_> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), rows.len(), "an id was given twice: {all}");
        ids
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The library that keeps what is flushed.
fn library(here: &Workplace) -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/brunt/power_loss/keep_flushed.c");
    let library = here.path("keep_flushed.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]);
    assert!(compiler.status().expect("a C compiler is there").success());
    library
}

/// The ids before a loss of power; those after it; and those after one more command.
fn lose_power(kind: &'static Kind, durable: &str) -> [BTreeSet<i64>; 3] {
    let here = Workplace::new();
    let (library, data, kept) = (library(&here), here.path("data"), here.path("kept"));
    std::fs::create_dir(&kept).unwrap();
    let running = Running::start(kind, &data, |command| {
        command.env("LD_PRELOAD", &library).env("KEEP_FLUSHED_IN", &kept);
        command.env("DURABLE_COMMITS", durable);
    });
    (1..=5).for_each(|number| running.command(number));
    let before = running.ids();
    assert_eq!(before.len(), 5, "{before:?}");
    drop(running);
    let again = Running::start(kind, &kept, |_| {});
    let after = again.ids();
    again.command(6);
    [before, after, again.ids()]
}

#[test]
fn after_a_loss_of_power_every_order_is_there_and_no_id_is_given_again() {
    for kind in [&ORDER, &PRODUCT] {
        let [before, after, more] = lose_power(kind, "on");
        assert_eq!(after, before, "{}", kind.service);
        assert!(more.len() == 6 && more.is_superset(&before), "{}: {more:?}", kind.service);
    }
}

/// Shows that the test above can fail.
#[test]
fn without_durable_commits_a_loss_of_power_gives_ids_again() {
    let [before, after, more] = lose_power(&ORDER, "off");
    assert!(after.is_empty(), "{after:?}");
    assert!(more.is_subset(&before) && !more.is_empty(), "{more:?}");
}
