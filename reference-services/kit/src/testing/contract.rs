//! Contracts that consumers own: what one service needs of another's events and answers, and what
//! it asks.
//!
//! A contract is a file beside the consumer, and both sides are tested against it: the producer
//! must send at least this, and the consumer must work with no more. Examples stand for their
//! types; fields named in `exactly` must be equal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::{BOUND, Trial};
use crate::config::Offsets;
use crate::log::{Delivery, NewRecord};

/// All that a service needs of others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The service that depends on the calls and events.
    pub consumer: String,
    /// What it reads of events, by their type.
    #[serde(default)]
    pub events: Vec<Event>,
    /// The calls that it makes to other services.
    #[serde(default)]
    pub calls: Vec<Call>,
}

/// What a consumer needs of a type of event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The `eventType` field of the event.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The fields that it reads; null for what may be missing.
    pub body: Map<String, Value>,
    /// The fields whose value has a meaning.
    #[serde(default)]
    pub exactly: Vec<String>,
}

/// A request that a consumer makes, and what it needs of the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The service that is asked.
    pub to: String,
    /// The HTTP method, such as POST.
    pub method: String,
    /// The path of the call, with the ids of the example.
    pub path: String,
    /// The body that is sent; null with GET.
    #[serde(default)]
    pub body: Value,
    /// The status that the answer must have.
    pub status: u16,
    /// The fields of the answer that the consumer reads.
    #[serde(default)]
    pub reply: Value,
    /// The fields of the answer whose value has a meaning.
    #[serde(default)]
    pub exactly: Vec<String>,
}

impl Contract {
    /// A contract as it is written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).expect("a contract")
    }

    /// What producers do not say: of each type there must be an event that has all that is needed,
    /// and none that lacks a field.
    fn misses(&self, said: &[Value]) -> Option<String> {
        self.events.iter().find_map(|needed| {
            let body = Value::Object(needed.body.clone());
            let mut of_type =
                said.iter().filter(|event| event["eventType"] == needed.event_type.as_str());
            let lacking = of_type.clone().find_map(|event| {
                needed
                    .body
                    .keys()
                    .find(|field| event.get(field.as_str()).is_none())
                    .map(|field| (field, event))
            });
            let whose = format!("{} needs of {}", self.consumer, needed.event_type);
            if let Some((field, event)) = lacking {
                return Some(format!("{whose} {field:?}, which is not in {event}"));
            }
            let kept = of_type.any(|event| differs(&body, event, &needed.exactly).is_none());
            (!kept).then(|| format!("{whose} {body}, exactly {:?}; nobody says so", needed.exactly))
        })
    }

    /// Checks that the consumer applies events with no more fields than the contract.
    async fn suffices(&self, system: &Trial, topic: &str) {
        let group = format!("{}-contract", self.consumer);
        let mut graves =
            system.log().subscribe(&group, &format!("{topic}.DLT"), Offsets::Committed);
        for event in &self.events {
            let applied = received(system, &self.consumer, &event.event_type, "applied").await;
            let id = system.tell(topic, &event.event_type, event.body.clone()).await;
            // Other consumers may reject it, as it has no more fields than this one needs.
            let ours = |letter: &Delivery| {
                letter.headers.get("kafka_dlt-original-consumer-group") == Some(&self.consumer)
                    && String::from_utf8_lossy(&letter.value).contains(&id)
            };
            let burying = async { while !graves.poll(100).await.unwrap().iter().any(ours) {} };
            let applying = async {
                while received(system, &self.consumer, &event.event_type, "applied").await
                    == applied
                {
                    tokio::task::yield_now().await;
                }
            };
            let enough = async {
                tokio::select! { () = burying => false, () = applying => true }
            };
            let enough = timeout(BOUND, enough).await.expect("the event arrives");
            assert!(enough, "{} needs more of {} than it says", self.consumer, event.event_type);
        }
    }

    /// Checks that the contract is complete: the consumer has applied no event type that is
    /// missing in it.
    async fn is_whole(&self, system: &Trial) {
        let known: BTreeSet<&str> =
            self.events.iter().map(|event| event.event_type.as_str()).collect();
        for (event_type, count) in counts(system, &self.consumer, "applied").await {
            let unknown = count > 0 && !known.contains(event_type.as_str());
            assert!(
                !unknown,
                "{} applies {event_type}, of which its contract says nothing",
                self.consumer
            );
        }
    }
}

/// Checks all contracts about events of a system, after a test has made every event happen
/// that they name.
pub async fn hold(system: &Trial, topic: &str, contracts: &[Contract]) {
    let mut subscription = system.log().subscribe("contracts", topic, Offsets::Committed);
    let mut said: Vec<Value> = Vec::new();
    let listening = async {
        while contracts.iter().any(|contract| contract.misses(&said).is_some()) {
            let deliveries = subscription.poll(1000).await.unwrap();
            said.extend(
                deliveries
                    .iter()
                    .map(|event| serde_json::from_slice::<Value>(&event.value).unwrap()),
            );
        }
    };
    // If it is in vain, what is missing says more than that the time is over.
    drop(timeout(BOUND, listening).await);
    for contract in contracts {
        assert_eq!(contract.misses(&said), None);
    }
    for contract in contracts {
        contract.suffices(system, topic).await;
    }
    for contract in contracts {
        contract.is_whole(system).await;
    }
}

impl Call {
    /// Checks that the producer answers the contract's requests as the contract needs.
    pub async fn is_kept_by(&self, system: &Trial) {
        let response = system.request(&self.method, &self.to, &self.path, self.body.clone()).await;
        let status = response.status();
        let body: Value = response.json().await.unwrap_or_default();
        assert_eq!(status.as_u16(), self.status, "{self:?} is answered with {body}");
        let difference = differs(&self.reply, &body, &self.exactly);
        assert_eq!(difference, None, "{self:?} is answered with {body}");
    }

    /// A fake producer that knows no more than the contract, to check whether the consumer is
    /// content with it.
    pub async fn fake_producer(&self) -> FakeProducer {
        let seen = Seen::default();
        let (call, noted) = (self.clone(), Arc::clone(&seen));
        let answer = move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let bytes: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let body = serde_json::from_slice(&bytes).unwrap_or_default();
            noted.lock().unwrap().push((
                parts.method.to_string(),
                parts.uri.path().to_owned(),
                body,
            ));
            (StatusCode::from_u16(call.status).unwrap(), Json(call.reply))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        FakeProducer { call: self.clone(), url, seen }
    }
}

type Seen = Arc<Mutex<Vec<(String, String, Value)>>>;

/// A running fake producer.
pub struct FakeProducer {
    call: Call,
    /// The address it listens on.
    pub url: String,
    seen: Seen,
}

impl FakeProducer {
    /// The consumer has asked as the contract says: the same path, and the same fields of
    /// the same types.
    pub fn was_asked(&self) {
        let seen = self.seen.lock().unwrap();
        let (method, path, body) = seen.first().expect("it was asked");
        assert_eq!((method, path), (&self.call.method, &self.call.path));
        assert_eq!(differs(&self.call.body, body, &[]), None, "it was asked with {body}");
        assert_eq!(differs(body, &self.call.body, &[]), None, "it was asked with {body}");
    }
}

/// The first field whose value does not match.
fn differs(needed: &Value, said: &Value, exactly: &[String]) -> Option<String> {
    let (Value::Object(needed), Value::Object(fields)) = (needed, said) else {
        return (!same_type(needed, said)).then(|| said.to_string());
    };
    let wrong = |name: &String, value: &Value| match fields.get(name) {
        None => true,
        Some(found) if exactly.contains(name) => found != value,
        Some(found) => !value.is_null() && !same_type(value, found),
    };
    needed.iter().find(|(name, value)| wrong(name, value)).map(|(name, _)| name.clone())
}

/// What is needed of a whole answer is its type; null asks for nothing.
fn same_type(needed: &Value, said: &Value) -> bool {
    needed.is_null() || std::mem::discriminant(needed) == std::mem::discriminant(said)
}

async fn received(system: &Trial, service: &str, event_type: &str, outcome: &str) -> u64 {
    counts(system, service, outcome).await.get(event_type).copied().unwrap_or(0)
}

/// How often a service has had which outcome with events, by their type.
async fn counts(system: &Trial, service: &str, outcome: &str) -> BTreeMap<String, u64> {
    let text = system.get_text(service, "/actuator/prometheus").await;
    let lines = text.lines().filter_map(|line| {
        let (event_type, rest) =
            line.strip_prefix("events_received_total{eventType=\"")?.split_once('"')?;
        let count = rest.strip_prefix(&format!(",outcome=\"{outcome}\"}} "))?;
        Some((event_type.to_owned(), count.parse().ok()?))
    });
    lines.collect()
}

impl Trial {
    /// Appends an event as if a service had sent it, with `body` as all of its fields.
    /// Gives its id.
    pub async fn tell(&self, topic: &str, event_type: &str, body: Map<String, Value>) -> String {
        let aggregate = body.values().find_map(Value::as_i64).unwrap_or(1);
        let mut event = body;
        let id = uuid::Uuid::now_v7().to_string();
        let envelope = json!({
            "eventType": event_type,
            "timestamp": "20210201123045",
            "eventId": id,
            "aggregateId": aggregate,
            "version": 1,
            "correlationId": "contract",
        });
        event.extend(envelope.as_object().unwrap().clone());
        let record = NewRecord {
            topic: topic.to_owned(),
            key: aggregate.to_string(),
            value: Value::Object(event).to_string().into(),
            headers: BTreeMap::new(),
        };
        self.log().append(vec![record]).await.unwrap();
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_difference_is_found_on_either_side() {
        let needed = json!({"id": 1, "status": "Completed", "couponId": null});
        let exactly = ["status".to_owned()];
        let of = |said: Value| differs(&needed, &said, &exactly);
        assert_eq!(of(json!({"id": 7, "status": "Completed", "couponId": 3, "more": true})), None);
        assert_eq!(
            of(json!({"id": "7", "status": "Completed", "couponId": 3})).as_deref(),
            Some("id")
        );
        assert_eq!(
            of(json!({"id": 7, "status": "Done", "couponId": 3})).as_deref(),
            Some("status")
        );
        assert_eq!(of(json!({"id": 7, "status": "Completed"})).as_deref(), Some("couponId"));
        assert_eq!(differs(&json!(true), &json!(false), &[]), None);
        assert!(differs(&json!(true), &json!("true"), &[]).is_some());
        assert_eq!(differs(&Value::Null, &json!({"x": 1}), &[]), None);
    }
}
