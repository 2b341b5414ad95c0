//! The faults of bytes beside the toxics of toxiproxy: the same client sees the same effect.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use brunt_proxy::Proxy;
use brunt_scenarios::plan::{ByteScope, Delay, EdgeFault, JitterDistribution, Pick};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::callee::{Callee, scripted};
use crate::{BOUND, proxy_before};

/// toxiproxy-server, which ends with the test.
struct Toxiproxy {
    server: Child,
    api: u16,
}

impl Drop for Toxiproxy {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Toxiproxy {
    async fn start() -> Self {
        let program = std::env::var("TOXIPROXY").expect("TOXIPROXY names toxiproxy-server");
        let api = free_port();
        let server = Command::new(program)
            .args(["-host", "127.0.0.1", "-port", &api.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self { server, api };
        let answers = async {
            while TcpStream::connect(("127.0.0.1", api)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(BOUND, answers).await.expect("toxiproxy does not start");
        started
    }

    async fn post(&self, path: &str, body: String) {
        let stream = TcpStream::connect(("127.0.0.1", self.api)).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::post(path).header("host", "toxiproxy");
        let request = request.body(Full::<bytes::Bytes>::from(body)).unwrap();
        let reply = sender.send_request(request).await.unwrap();
        let status = reply.status();
        let text = reply.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&text));
    }

    /// A proxy in front of a callee, with this toxic; returns its port.
    async fn proxy(&self, callee: u16, toxic: &str) -> u16 {
        let port = free_port();
        let made = format!(
            r#"{{"name":"p{port}","listen":"127.0.0.1:{port}","upstream":"127.0.0.1:{callee}"}}"#
        );
        self.post("/proxies", made).await;
        self.post(&format!("/proxies/p{port}/toxics"), toxic.to_owned()).await;
        port
    }
}

/// Sends back what it gets, until its caller has closed its side.
async fn echoing() -> Callee {
    scripted(|mut stream, _| async move {
        let (mut reads, mut writes) = stream.split();
        let _ = tokio::io::copy(&mut reads, &mut writes).await;
    })
    .await
}

/// What a client sees through a port.
#[derive(Debug)]
struct Seen {
    /// The time of each echo of 64 bytes, sorted.
    echoes: Vec<Duration>,
    /// The time of an echo of 64 KiB.
    large: Duration,
}

async fn echo(stream: &mut TcpStream, bytes: usize) -> std::io::Result<Duration> {
    let (began, sent) = (Instant::now(), vec![0xff; bytes]);
    let (mut reads, mut writes) = stream.split();
    let mut heard = vec![0; bytes];
    let both =
        async { tokio::try_join!(writes.write_all(&sent), reads.read_exact(&mut heard)).map(drop) };
    tokio::time::timeout(BOUND, both).await.expect("no echo")?;
    Ok(began.elapsed())
}

async fn seen(port: u16) -> Seen {
    let mut echoes = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        echoes.push(echo(&mut stream, 64).await.unwrap());
    }
    echoes.sort();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    Seen { echoes, large: echo(&mut stream, 65_536).await.unwrap() }
}

/// Within noise: a few milliseconds, and a tenth.
fn agree(what: &str, ours: Duration, theirs: Duration) {
    println!("{what}: ours {ours:?}, toxiproxy {theirs:?}");
    let noise = Duration::from_millis(8) + theirs.mul_f64(0.1);
    assert!(ours.abs_diff(theirs) <= noise, "{what}: ours {ours:?}, toxiproxy {theirs:?}");
}

async fn compare(toxics: &Toxiproxy, what: &str, toxic: &str, fault: EdgeFault) {
    let callee = echoing().await;
    let (ours, _) = proxy_before(&[callee.port]).await;
    ours.inject(fault);
    let (ours, theirs) =
        (seen(ours.port()).await, seen(toxics.proxy(callee.port, toxic).await).await);
    let median = |seen: &Seen| seen.echoes[seen.echoes.len() / 2];
    agree(&format!("{what}, 64 bytes"), median(&ours), median(&theirs));
    agree(&format!("{what}, 64 KiB"), ours.large, theirs.large);
}

fn around(mean: u64, jitter: u64) -> EdgeFault {
    let delay = Delay::Around {
        mean: Duration::from_millis(mean),
        jitter: Duration::from_millis(jitter),
        distribution: JitterDistribution::Uniform,
    };
    EdgeFault::Latency { delay, pick: Pick::All, scope: ByteScope::default() }
}

#[tokio::test]
#[ignore = "needs toxiproxy-server, which TOXIPROXY names"]
async fn latency_bandwidth_and_slices_take_as_long_as_toxiproxy_s() {
    let toxics = Toxiproxy::start().await;
    let scope = ByteScope::default();
    let latency = r#"{"type":"latency","attributes":{"latency":100,"jitter":10}}"#;
    compare(&toxics, "latency", latency, around(100, 10)).await;
    let rate = r#"{"type":"bandwidth","attributes":{"rate":100}}"#;
    let bytes_per_second = 100_000.try_into().unwrap();
    compare(&toxics, "bandwidth", rate, EdgeFault::Bandwidth { bytes_per_second, scope }).await;
    // toxiproxy halves what it has read until the pieces are no larger than the average: only
    // with powers of two are they all as large.
    let slicer = r#"{"type":"slicer","attributes":
        {"average_size":4096,"size_variation":0,"delay":20000}}"#;
    let (size, delay) = (4096.try_into().unwrap(), "20ms".parse().unwrap());
    let slice = EdgeFault::Slice { size, variation: 0, delay, scope };
    compare(&toxics, "slices", slicer, slice).await;
}

/// What comes of 5,000 bytes, and how long after the last one the end comes.
async fn until_end(port: u16) -> (usize, bool, Duration) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(&[0xff; 5000]).await.unwrap();
    let (mut heard, mut last) = (0, Instant::now());
    let mut piece = [0; 8192];
    let all = async {
        loop {
            match stream.read(&mut piece).await {
                Ok(0) => return (heard, false, last.elapsed()),
                Ok(length) => (heard, last) = (heard + length, Instant::now()),
                Err(_) => return (heard, true, last.elapsed()),
            }
        }
    };
    tokio::time::timeout(BOUND, all).await.expect("no end")
}

async fn ends(proxy: &Proxy, theirs: u16) -> [(usize, bool, Duration); 2] {
    [until_end(proxy.port()).await, until_end(theirs).await]
}

#[tokio::test]
#[ignore = "needs toxiproxy-server, which TOXIPROXY names"]
async fn connections_end_after_as_many_bytes_and_as_late_as_toxiproxy_s() {
    let toxics = Toxiproxy::start().await;
    let scope = ByteScope::default();
    let callee = echoing().await;
    let (ours, _) = proxy_before(&[callee.port]).await;
    let limit = ours.inject(EdgeFault::LimitData { bytes: 1234, scope });
    let theirs = r#"{"type":"limit_data","attributes":{"bytes":1234}}"#;
    let [ours_end, theirs_end] = ends(&ours, toxics.proxy(callee.port, theirs).await).await;
    println!("limit: ours {ours_end:?}, toxiproxy {theirs_end:?}");
    assert_eq!((ours_end.0, ours_end.1), (1234, false));
    assert_eq!(ours_end.0, theirs_end.0);
    ours.recover(limit);

    let closing = scripted(|mut stream, _| async move {
        let _ = stream.read_exact(&mut [0; 5000]).await;
        let _ = stream.write_all(b"bye").await;
    })
    .await;
    let (ours, _) = proxy_before(&[closing.port]).await;
    ours.inject(EdgeFault::SlowClose { delay: "300ms".parse().unwrap(), scope });
    let theirs = r#"{"type":"slow_close","attributes":{"delay":300}}"#;
    let [ours_end, theirs_end] = ends(&ours, toxics.proxy(closing.port, theirs).await).await;
    assert_eq!((ours_end.0, theirs_end.0), (3, 3));
    agree("slow close", ours_end.2, theirs_end.2);

    let (ours, _) = proxy_before(&[callee.port]).await;
    ours.inject(EdgeFault::Cut);
    let theirs = r#"{"type":"reset_peer","attributes":{"timeout":0}}"#;
    let [ours_end, theirs_end] = ends(&ours, toxics.proxy(callee.port, theirs).await).await;
    println!("reset: ours {ours_end:?}, toxiproxy {theirs_end:?}");
    assert_eq!((ours_end.0, ours_end.1), (0, true));
    assert_eq!((theirs_end.0, theirs_end.1), (0, true));
}

#[tokio::test]
#[ignore = "needs toxiproxy-server, which TOXIPROXY names"]
async fn a_share_of_the_connections_is_hit_as_by_toxiproxy() {
    let toxics = Toxiproxy::start().await;
    let callee = echoing().await;
    let (ours, _) = proxy_before(&[callee.port]).await;
    let scope = ByteScope { share: 0.5, ..ByteScope::default() };
    let delay = "40ms".parse().unwrap();
    ours.inject(EdgeFault::Latency { delay, pick: Pick::All, scope });
    let theirs = r#"{"type":"latency","toxicity":0.5,"attributes":{"latency":40}}"#;
    let theirs = toxics.proxy(callee.port, theirs).await;
    let mut late = Vec::new();
    for port in [ours.port(), theirs] {
        let mut number = 0;
        for _ in 0..200 {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let one = echo(&mut stream, 64).await.unwrap() >= Duration::from_millis(35);
            // A connection is hit all the time, or never.
            let again = echo(&mut stream, 64).await.unwrap() >= Duration::from_millis(35);
            assert_eq!(one, again);
            number += u32::from(one);
        }
        late.push(number);
    }
    println!("late of 200: ours {}, toxiproxy {}", late[0], late[1]);
    assert!(late.iter().all(|late| (65..135).contains(late)), "{late:?}");
}
