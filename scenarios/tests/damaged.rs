//! Files that are damaged at random: each is read, or refused with words that can be shown.

#![allow(clippy::unwrap_used)]

#[path = "../../tests/hostile/damage.rs"]
mod damage;

use std::collections::BTreeMap;

use brunt_scenarios::grpc::{compile, find, imports};
use brunt_scenarios::plan::System;
use brunt_scenarios::{Diagnostic, Plan, Scenario, Source, bounds, yaml};
use serde_json::Value;

use damage::read_damaged;

const SYSTEM: &str = "\
version: 1
name: shop
about: A shop.
entry: gateway
kubernetes: {namespace: shop}
services:
  gateway:
    command: [./gateway, --port, '${port}', --data, '${data}']
    port: 8080
    env: &common {LOG: json, AT: 'data in ${data}'}
    calls: {order: {env: ORDER_URL}}
    readinessProbe: {httpGet: {path: /ready}, periodSeconds: 1}
  order:
    command: [./order]
    env: {<<: *common, LOG: text}
    replicas: 2
    files: {settings.conf: 'data = ${data}'}
    dependsOn: [store]
    calls: {store: {env: STORE_URL}}
    readinessProbe: {httpGet: {path: /ready}, periodSeconds: 5, initialDelaySeconds: 12}
    livenessProbe: {tcpSocket: {}, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 5}
    terminationGracePeriod: 30s
    startsWithin: 4s
    guards: {outbox: {about: events are kept, env: {OUTBOX: 'off'}}}
  store:
    url: http://ann:secret@127.0.0.1:5432
";

const SCENARIO: &str = "\
version: 1
name: orders under load
system: shop
setup:
  - {post: order/orders, json: {a: 1}, expect: 201, save: {id: $.id}}
load:
  - name: orders
    open: {rate: 0/s, stages: [{to: 100/s, for: 10s}, {to: 100/s, for: 20s}]}
    post: order/orders?x=${id}
    json: {a: 1, note: '${uuid}'}
    key: $.id
  - {name: users, closed: {users: 3, think: 1s..2s}, for: 5s, get: order}
faults:
  - {at: 4s, every: 10s, kill: {service: order, pick: all}}
  - {at: 2s, for: 1s, latency: {from: gateway, to: order, delay: 50ms..1s}}
expect:
  - recovers: {service: order}
  - availability: {of: orders, atLeast: 99.9%}
  - latency: {of: orders, p99: 250ms}
";

const PROTO: &str = "\
syntax = \"proto3\";
package shop.v1;
import \"google/protobuf/timestamp.proto\";
// An order.
message Order {
  string product = 1;
  int32 qty = 2 [deprecated = true];
  repeated Line lines = 3;
  map<string, int64> prices = 4;
  oneof by { string card = 5; bool cash = 6; }
  google.protobuf.Timestamp at = 7;
  message Line { enum Kind { NONE = 0; TEA = 1; } Kind kind = 1; reserved 2, 4 to 6; }
}
message Placed { string id = 1; }
service Orders {
  rpc Place(Order) returns (Placed);
  rpc Watch(stream Order) returns (stream Placed) {}
}
";

/// What is said of a file must be something, and not much. It is no value.
fn shown(problems: &[Diagnostic]) -> bool {
    assert!(!problems.is_empty(), "it is refused without a word");
    for problem in problems {
        let text = problem.to_string();
        assert!(!text.trim().is_empty() && text.len() < 1 << 20, "{text}");
    }
    false
}

fn system(text: &str) -> Result<System, Vec<Diagnostic>> {
    System::read(&Source::new("system.yaml", text)).check(Ok)
}

#[test]
fn a_system_file_damaged_at_random_is_checked_or_refused_with_words() {
    system(SYSTEM).unwrap();
    let document: Value = yaml::from_str(SYSTEM).unwrap();
    read_damaged(&[document], &[SYSTEM], |text| match system(text) {
        Ok(system) => {
            assert!(system.start_order().len() == system.services.len());
            system.services.values().for_each(|service| {
                let _ = (bounds::starts(service), bounds::restarts(service));
                let _ = bounds::rolls_out(service);
            });
            true
        }
        Err(problems) => shown(&problems),
    });
}

#[test]
fn a_scenario_damaged_at_random_is_a_plan_or_refused_with_words() {
    let system = system(SYSTEM).unwrap();
    let plan = |text: &str| {
        let source = Source::new("scenario.yaml", text);
        let reading = source.read::<Scenario>();
        reading.check(|written| Plan::check(&written, &source, system.clone()))
    };
    plan(SCENARIO).unwrap();
    let document: Value = yaml::from_str(SCENARIO).unwrap();
    read_damaged(&[document], &[SCENARIO], |text| match plan(text) {
        Ok(plan) => {
            assert!(plan.faults.iter().all(|fault| !fault.kind.to_string().is_empty()));
            let _ = (plan.load_ends(), plan.faults_end(), plan.texts());
            true
        }
        Err(problems) => shown(&problems),
    });
}

#[test]
fn a_proto_file_damaged_at_random_is_compiled_or_refused_with_words() {
    let compiled = |text: &str| {
        let _ = imports("shop.proto", text);
        compile("shop.proto", BTreeMap::from([("shop.proto".to_owned(), text.to_owned())]))
    };
    assert!(find(&compiled(PROTO).unwrap(), "shop.v1.Orders", "Place").is_ok());
    read_damaged(&[], &[PROTO], |text| match compiled(text) {
        Ok(pool) => {
            let _ = find(&pool, "shop.v1.Orders", "Place");
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    });
}
