//! Customers of the shop, whose requests are never made twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use brunt_kubernetes::ClusterRun;
use serde_json::json;

use crate::shop::until;

/// Somebody before the gateway, whose requests are never made twice by it.
pub struct Customer {
    pub client: reqwest::Client,
    url: String,
}

impl Customer {
    pub fn of(system: &ClusterRun, service: &str) -> Self {
        Self::keeping(system, service, 1)
    }

    /// One who keeps so many connections for the next time.
    pub fn keeping(system: &ClusterRun, service: &str, connections: usize) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(3));
        let client = client.pool_max_idle_per_host(connections).build().unwrap();
        Self { client, url: format!("{}/stocks", system.url(service).unwrap()) }
    }

    /// The status, if there is an answer, and how long it took.
    pub async fn buys(&self) -> (Option<u16>, Duration) {
        let began = Instant::now();
        let stock = json!({"productName": format!("{:x}", fastrand::u64(..)), "qty": 1});
        let answer = match self.client.post(&self.url).json(&stock).send().await {
            // A reply is one when all of it is there.
            Ok(reply) => {
                let status = reply.status().as_u16();
                reply.bytes().await.ok().map(|_| status)
            }
            Err(_) => None,
        };
        (answer, began.elapsed())
    }
}

/// Customers who buy all the time; says how many purchases went well, and what the others came to.
pub struct Crowd {
    over: Arc<AtomicBool>,
    good: Arc<AtomicU64>,
    customers: Vec<tokio::task::JoinHandle<Vec<Option<u16>>>>,
}

impl Crowd {
    /// Each buys from a service, and keeps so many connections.
    pub fn of(system: &ClusterRun, customers: &[(&str, usize)]) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let good = Arc::new(AtomicU64::new(0));
        let customers = customers.iter().map(|(service, connections)| {
            let customer = Customer::keeping(system, service, *connections);
            let (over, good) = (Arc::clone(&over), Arc::clone(&good));
            tokio::spawn(async move {
                let mut bad = Vec::new();
                while !over.load(Relaxed) {
                    match customer.buys().await.0 {
                        Some(201) => drop(good.fetch_add(1, Relaxed)),
                        other => bad.push(other),
                    }
                }
                bad
            })
        });
        Self { customers: customers.collect(), over, good }
    }

    pub async fn buys_more(&self) {
        let wanted = self.good() + 200;
        until("the load goes on", || async { self.good() >= wanted }).await;
    }

    pub fn good(&self) -> u64 {
        self.good.load(Relaxed)
    }

    pub async fn goes(self) -> Vec<Option<u16>> {
        self.over.store(true, Relaxed);
        let mut bad = Vec::new();
        for customer in self.customers {
            bad.extend(customer.await.unwrap());
        }
        bad
    }
}
