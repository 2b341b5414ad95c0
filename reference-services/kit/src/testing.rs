//! A whole system in a test's process, on free ports: it can be started, stopped in parts, and
//! called. For tests only: every error panics.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test's own failure is a panic"
)]

mod again;
pub mod contract;
#[cfg(feature = "postgres")]
mod database;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::config::{Env, EventLogUrl, Guard, Offsets};
use crate::lifecycle::{Port, Shutdown, Trigger};
use crate::log::{self, Delivery, EventLog, USUAL_KEEP};
use crate::system::{Plan, System};

/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

/// The pause between two polls: many tests wait at the same time, and what they wait for
/// needs the processor.
const PAUSE: Duration = Duration::from_millis(5);

struct Running {
    trigger: Trigger,
    task: JoinHandle<()>,
}

/// A system under test. Its data is gone when it is dropped.
pub struct Trial {
    system: &'static System,
    env: Env,
    addresses: BTreeMap<&'static str, SocketAddr>,
    /// The ports of stopped services, kept so that no other process takes them.
    ports: BTreeMap<&'static str, Port>,
    running: BTreeMap<&'static str, Running>,
    client: reqwest::Client,
    directory: TempDir,
    #[cfg(feature = "postgres")]
    _database: Option<database::Database>,
}

impl Trial {
    /// Starts all services with these variables, and waits until each is ready.
    pub async fn start(system: &'static System, variables: &[(&str, &str)]) -> Self {
        Self::without(system, &[], variables).await
    }

    /// All services but some, which can be started later.
    pub async fn without(
        system: &'static System,
        absent: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let directory = TempDir::new().unwrap();
        let mut env = Env::from_pairs(variables.iter().copied());
        env = env.with("DATA_DIR", directory.path().to_str().unwrap());
        #[cfg(feature = "postgres")]
        let database = database::Database::new();
        #[cfg(feature = "postgres")]
        if let Some(database) = &database {
            env = env.with("STORE", &database.url());
        }
        let mut ports = BTreeMap::new();
        let mut addresses = BTreeMap::new();
        for service in system.names() {
            let port =
                system.plan(service, env.clone().with("PORT", "0")).unwrap().take_port().unwrap();
            let variable = format!("API_{}_URL", service.to_uppercase());
            addresses.insert(service, port.address());
            env = env.with(&variable, &format!("http://{}", port.address()));
            ports.insert(service, port);
        }
        // What a test sets wins.
        for (name, value) in variables {
            env = env.with(name, value);
        }
        let (running, client) = (BTreeMap::new(), reqwest::Client::new());
        let mut trial = Self {
            system,
            env,
            addresses,
            ports,
            running,
            client,
            directory,
            #[cfg(feature = "postgres")]
            _database: database,
        };
        for service in system.names().filter(|service| !absent.contains(service)) {
            trial.restart(service).await;
        }
        trial
    }

    /// Starts a service that does not run, on its own port, and waits until it is ready.
    pub async fn restart(&mut self, service: &'static str) {
        let plan = self.plan(service);
        let port = self.ports.remove(service).expect("it does not run");
        let (trigger, shutdown) = Shutdown::manual();
        let task =
            tokio::spawn(async move { plan.build().unwrap().run(port, shutdown).await.unwrap() });
        self.running.insert(service, Running { trigger, task });
        self.until(service, "/actuator/health/readiness", |health| health["status"] == "UP").await;
    }

    /// Stops a service as SIGTERM does, and keeps its port for it.
    pub async fn stop(&mut self, service: &'static str) {
        let Running { trigger, task } = self.running.remove(service).unwrap();
        trigger.stop();
        timeout(BOUND, task).await.expect("it stops in time").unwrap();
        self.ports.insert(service, self.plan(service).take_port().unwrap());
    }

    fn plan(&self, service: &str) -> Plan {
        let port = self.addresses[service].port().to_string();
        self.system.plan(service, self.env.clone().with("PORT", &port)).unwrap()
    }

    /// Stops them all.
    pub async fn stop_all(&mut self) {
        for service in self.system.names() {
            self.stop(service).await;
        }
    }

    /// The event log that the services share.
    #[must_use]
    pub fn log(&self) -> Arc<dyn EventLog> {
        let url = EventLogUrl::Sqlite(self.directory.path().join("events.db"));
        log::open(&url, USUAL_KEEP, Guard::On).unwrap()
    }

    /// Every event of a topic so far, which `count` says how many there must be.
    pub async fn events(&self, topic: &str, count: usize) -> Vec<Delivery> {
        let mut subscription = self.log().subscribe("witness", topic, Offsets::Committed);
        let mut events = Vec::new();
        let reading = async {
            while events.len() < count {
                events.extend(subscription.poll(1000).await.unwrap());
            }
        };
        timeout(BOUND, reading).await.expect("the events arrive");
        events
    }

    /// Where a service listens.
    #[must_use]
    pub fn address(&self, service: &str) -> SocketAddr {
        self.addresses[service]
    }

    /// The URL of a path on a service.
    #[must_use]
    pub fn url(&self, service: &str, path: &str) -> String {
        format!("http://{}{path}", self.addresses[service])
    }

    /// A connection to a service, for gRPC.
    pub async fn channel(&self, service: &str) -> tonic::transport::Channel {
        tonic::transport::Channel::from_shared(self.url(service, ""))
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    /// A request with a JSON body, and its whole response.
    pub async fn request(
        &self,
        method: &str,
        service: &str,
        path: &str,
        body: Value,
    ) -> reqwest::Response {
        let request = self.client.request(method.parse().unwrap(), self.url(service, path));
        request.json(&body).send().await.unwrap()
    }

    /// Sends a POST and gives status and body.
    pub async fn post(&self, service: &str, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request("POST", service, path, body).await).await
    }

    /// Sends a PATCH and gives status and body.
    pub async fn patch(&self, service: &str, path: &str, body: Value) -> (StatusCode, Value) {
        answer(self.request("PATCH", service, path, body).await).await
    }

    /// Sends a DELETE and gives the status.
    pub async fn delete(&self, service: &str, path: &str) -> (StatusCode, Value) {
        answer(self.client.delete(self.url(service, path)).send().await.unwrap()).await
    }

    /// Sends a GET and gives status and body.
    pub async fn get(&self, service: &str, path: &str) -> (StatusCode, Value) {
        answer(self.client.get(self.url(service, path)).send().await.unwrap()).await
    }

    /// Sends a GET and gives status and text.
    pub async fn get_text(&self, service: &str, path: &str) -> String {
        self.client.get(self.url(service, path)).send().await.unwrap().text().await.unwrap()
    }

    /// Waits until what is at `path` is as wanted.
    pub async fn until(&self, service: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let waiting = async {
            loop {
                if let Ok(response) = self.client.get(self.url(service, path)).send().await
                    && let Ok(body) = response.json::<Value>().await
                {
                    last = body;
                    if wanted(&last) {
                        break;
                    }
                }
                sleep(PAUSE).await;
            }
        };
        let outcome = timeout(BOUND, waiting).await;
        assert!(outcome.is_ok(), "{service}{path} stays {last}");
        last
    }

    /// Waits until the text at `path` is as wanted.
    pub async fn until_text(&self, service: &str, path: &str, wanted: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let waiting = async {
            while !wanted(&last) {
                last = self.get_text(service, path).await;
                sleep(PAUSE).await;
            }
        };
        let outcome = timeout(BOUND, waiting).await;
        assert!(outcome.is_ok(), "{service}{path} stays {last}");
    }
}

/// The status and JSON body of a response; null without a body.
async fn answer(response: reqwest::Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    (status, body)
}
