//! A running system, and what tests look at.

use std::path::Path;
use std::time::Duration;

use brunt_local::{LocalSystem, Observed, ReplicaPhase, ReplicaStatus};
use brunt_scenarios::plan::{Service, System};
use brunt_scenarios::timeline::EventKind;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::plans;

/// The longest that anything here may take.
pub const BOUND: Duration = Duration::from_secs(20);

pub const SERVER: &str = env!("CARGO_BIN_EXE_brunt-test-server");

pub struct Running {
    pub system: LocalSystem,
    pub observed: UnboundedReceiver<Observed>,
    pub folder: TempDir,
}

/// Starts one service called `shop` and waits until it is ready.
pub async fn shop(service: Service) -> Running {
    start(plans::system([("shop", service)])).await
}

pub async fn start(plan: System) -> Running {
    let running = begin(plan).await;
    running.system.ready().await.unwrap();
    running
}

/// Starts a system without waiting until it is ready.
pub async fn begin(plan: System) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let options = plans::options(Path::new(SERVER), folder.path());
    let (system, observed) = LocalSystem::start(&plan, options).await.unwrap();
    Running { system, observed, folder }
}

impl Running {
    pub fn replicas(&self) -> Vec<ReplicaStatus> {
        self.system.status()[0].replicas.clone()
    }

    pub fn pids(&self) -> Vec<u32> {
        self.replicas().iter().filter_map(|replica| replica.pid).collect()
    }

    pub async fn get(&self, path: &str) -> Result<(u16, String), String> {
        get(&self.system.url("shop").unwrap(), path).await
    }

    /// Waits for something to happen, and returns all that happened up to then.
    pub async fn until(&mut self, wanted: impl Fn(&Observed) -> bool) -> Vec<Observed> {
        let mut all = Vec::new();
        let wait = async {
            loop {
                let next = self.observed.recv().await.unwrap();
                let found = wanted(&next);
                all.push(next);
                if found {
                    return;
                }
            }
        };
        if timeout(BOUND, wait).await.is_err() {
            panic!("it did not happen, only {all:#?}");
        }
        all
    }

    pub async fn until_event(&mut self, wanted: EventKind) -> Observed {
        self.until(|seen| seen.what == wanted).await.pop().unwrap()
    }

    /// Waits until this many replicas are ready, and there are no others.
    pub async fn until_ready(&self, wanted: usize) -> Vec<ReplicaStatus> {
        eventually(|| {
            let all = self.replicas();
            let ready = all.iter().all(|replica| replica.state == ReplicaPhase::Ready);
            (ready && all.len() == wanted).then_some(all)
        })
        .await
    }

    pub async fn stop(self) {
        assert_eq!(self.system.stop().await, [""; 0]);
    }
}

/// Polls a condition until it holds.
pub async fn eventually<T>(condition: impl Fn() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = condition() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(BOUND, wait).await.expect("the condition never holds")
}

/// A GET on a connection of its own.
pub async fn get(url: &str, path: &str) -> Result<(u16, String), String> {
    let authority = url.trim_start_matches("http://");
    let in_words = |error: &dyn std::error::Error| format!("{error:?}");
    let stream = TcpStream::connect(authority).await.map_err(|error| in_words(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|e| in_words(&e))?;
    tokio::spawn(connection);
    let request = Request::get(path).header("host", authority).body(Empty::<Bytes>::new());
    let reply = sender.send_request(request.unwrap()).await.map_err(|error| in_words(&error))?;
    let status = reply.status().as_u16();
    let body = reply.into_body().collect().await.map_err(|error| in_words(&error))?;
    Ok((status, String::from_utf8(body.to_bytes().to_vec()).unwrap()))
}

/// Whether a process runs; a zombie that waits for its parent does not.
pub fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().unwrap_or_default().starts_with('Z'))
}
