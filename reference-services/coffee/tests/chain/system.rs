//! Starts the coffee chain in this process, on free ports, and talks to it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use brunt_coffee::{Plan, SERVICES, TOPIC};
use brunt_kit::config::{Env, EventLogUrl, Offsets};
use brunt_kit::lifecycle::{Port, Shutdown, Trigger};
use brunt_kit::log::{self, EventLog};
use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Far more than anything here takes, even on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

/// Long enough to do something before it is over, whatever the machine.
pub const SLOW: (&str, &str) = ("MAKING_TIME", "60m");

struct Running {
    trigger: Trigger,
    task: JoinHandle<()>,
}

pub struct System {
    env: Env,
    addresses: BTreeMap<&'static str, SocketAddr>,
    /// Of those that do not run: kept, so that nobody else gets them.
    ports: BTreeMap<&'static str, Port>,
    running: BTreeMap<&'static str, Running>,
    client: reqwest::Client,
    directory: TempDir,
}

impl System {
    pub async fn start(variables: &[(&str, &str)]) -> Self {
        Self::without(&[], variables).await
    }

    /// All services but some, which can be started later.
    pub async fn without(absent: &[&str], variables: &[(&str, &str)]) -> Self {
        let directory = TempDir::new().unwrap();
        let mut env = Env::from_pairs(variables.iter().copied());
        env = env.with("DATA_DIR", directory.path().to_str().unwrap());
        let mut ports = BTreeMap::new();
        let mut addresses = BTreeMap::new();
        for service in SERVICES {
            let port = Plan::read(service, env.clone().with("PORT", "0")).unwrap().take_port().unwrap();
            let variable = format!("API_{}_URL", service.to_uppercase());
            addresses.insert(*service, port.address());
            env = env.with(&variable, &format!("http://{}", port.address()));
            ports.insert(*service, port);
        }
        // What a test sets wins.
        for (name, value) in variables {
            env = env.with(name, value);
        }
        let (running, client) = (BTreeMap::new(), reqwest::Client::new());
        let mut system = Self { env, addresses, ports, running, client, directory };
        for service in SERVICES {
            if !absent.contains(service) {
                system.restart(service).await;
            }
        }
        system
    }

    pub async fn restart(&mut self, service: &'static str) {
        let plan = self.plan(service);
        let port = self.ports.remove(service).expect("it does not run");
        let (trigger, shutdown) = Shutdown::manual();
        let task = tokio::spawn(async move { plan.build().unwrap().run(port, shutdown).await.unwrap() });
        self.running.insert(service, Running { trigger, task });
        self.until(service, "/actuator/health/readiness", |health| health["status"] == "UP").await;
    }

    pub async fn stop(&mut self, service: &'static str) {
        let Running { trigger, task } = self.running.remove(service).unwrap();
        trigger.stop();
        timeout(BOUND, task).await.expect("it stops in time").unwrap();
        self.ports.insert(service, self.plan(service).take_port().unwrap());
    }

    fn plan(&self, service: &str) -> Plan {
        let port = self.addresses[service].port().to_string();
        Plan::read(service, self.env.clone().with("PORT", &port)).unwrap()
    }

    pub async fn stop_all(&mut self) {
        for service in SERVICES {
            self.stop(service).await;
        }
    }

    pub fn log(&self) -> std::sync::Arc<dyn EventLog> {
        log::open(&EventLogUrl::Sqlite(self.directory.path().join("events.db"))).unwrap()
    }

    /// Every event of the topic so far, which `count` says how many there must be.
    pub async fn events(&self, count: usize) -> Vec<log::Delivery> {
        let mut subscription = self.log().subscribe("witness", TOPIC, Offsets::Committed);
        let mut events = Vec::new();
        let reading = async {
            while events.len() < count {
                events.extend(subscription.poll(1000).await.unwrap());
            }
        };
        timeout(BOUND, reading).await.expect("the events arrive");
        events
    }

    pub fn address(&self, service: &str) -> SocketAddr {
        self.addresses[service]
    }

    pub fn url(&self, service: &str, path: &str) -> String {
        format!("http://{}{path}", self.addresses[service])
    }

    pub async fn request(&self, method: &str, service: &str, path: &str, body: Value) -> reqwest::Response {
        let request = self.client.request(method.parse().unwrap(), self.url(service, path));
        request.json(&body).send().await.unwrap()
    }

    pub async fn post(&self, service: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.request("POST", service, path, body).await;
        (response.status(), response.json().await.unwrap())
    }

    pub async fn patch(&self, service: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.request("PATCH", service, path, body).await;
        (response.status(), response.json().await.unwrap())
    }

    pub async fn get(&self, service: &str, path: &str) -> (StatusCode, Value) {
        let response = self.client.get(self.url(service, path)).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

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
                tokio::task::yield_now().await;
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
            }
        };
        let outcome = timeout(BOUND, waiting).await;
        assert!(outcome.is_ok(), "{service}{path} stays {last}");
    }
}
