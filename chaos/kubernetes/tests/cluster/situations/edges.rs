//! Faults between two services, of which the callee is the shop.

use serde_json::{Value, json};

use super::{Situation, situations, there_is, untouched};
use crate::lab::objects::{
    PORT, app, container, container_with, deployment, doing, front, labels, plain, service, with,
};

const SERVICES: &str =
    "services:\n  web: {startsWithin: 5s, calls: {shop: {}}}\n  shop: {startsWithin: 5s}";
const CUT: &str = "{at: 2s, for: 3s, cut: {from: web, to: shop}}";
const ABORT: &str = "{at: 2s, for: 3s, abort: {from: web, to: shop, status: 503}}";
const CALLS: &str = "{name: looks, open: {rate: 10/s}, for: 8s, get: web/call, expect: 200}";
const PINGS: &str = "{name: looks, open: {rate: 10/s}, for: 8s, get: web/ping, expect: 200}";

/// A caller of the shop, and this shop.
fn called(shop: Vec<Value>, port: u16) -> Situation {
    let next = format!("shop:{port}");
    let mut all = app("web", &[container_with("web", PORT, &[("NEXT", &next)])]);
    all.extend(shop);
    there_is(all).system(SERVICES).load(CALLS).touches(&["Service shop"])
}

/// A shop that speaks a protocol of its own.
fn cache() -> Vec<Value> {
    let mut own = doing("tcp", "shop");
    own["env"][0]["value"] = json!("6379");
    own["ports"] = json!([{"containerPort": 6379}]);
    own["readinessProbe"] = json!({"tcpSocket": {"port": 6379}, "periodSeconds": 1});
    vec![deployment("shop", &[own]), service("shop", &labels("shop"), &json!([{"port": 6379}]))]
}

fn with_service(spec: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[1] = with(all[1].clone(), &json!({"spec": spec}));
    all
}

situations! {
    calls_to_a_service_whose_target_port_has_a_name_are_cut =>
        called(plain("shop"), 80).fault(CUT).shows(untouched);
    calls_to_a_service_behind_a_sidecar_meet_an_abort =>
        called(app("shop", &[container("shipper", 9102), container("shop", PORT)]), 80)
            .fault(ABORT).shows(untouched);
    pings_of_a_protocol_of_its_own_are_cut =>
        called(cache(), 6379).load(PINGS).fault(CUT).shows(untouched);
    a_protocol_of_its_own_has_no_replies_to_abort =>
        called(cache(), 6379).load(PINGS).fault(ABORT).shows(untouched)
            .inconclusive("It hit nothing");
    a_caller_that_makes_no_calls_gives_the_fault_nothing_to_hit =>
        called(plain("shop"), 80).load("{name: looks, open: {rate: 5/s}, for: 8s, get: web/}")
            .fault(CUT).shows(untouched).inconclusive("It hit nothing");
    a_canary_behind_the_same_service_is_not_touched_by_a_cut =>
        called({
            let pods = json!({"app": "shop", "track": "canary"});
            let mut all = plain("shop");
            all.push(crate::lab::objects::labelled("Deployment", "shop-canary", &pods));
            all
        }, 80)
        .fault(CUT).shows(untouched);
    clients_that_stay_with_one_pod_keep_an_edge_proxy_out =>
        called(with_service(&json!({"sessionAffinity": "ClientIP"})), 80).fault(CUT)
            .refused("sessionAffinity");
    traffic_that_stays_on_its_node_keeps_an_edge_proxy_out =>
        called(with_service(&json!({"internalTrafficPolicy": "Local"})), 80).fault(CUT)
            .refused("internalTrafficPolicy");
    two_services_that_lead_to_the_callee_are_not_chosen_between =>
        called(vec![
            deployment("shop", &[container("shop", PORT)]),
            with(front("shop"), &json!({"metadata": {"name": "shop-a"}})),
            with(front("shop"), &json!({"metadata": {"name": "shop-b"}})),
        ], 80)
        .fault(CUT).refused("shop-a and shop-b");
    a_callee_outside_of_the_cluster_is_refused =>
        called({
            let mut all = plain("shop");
            all[1] = with(all[1].clone(), &json!({"spec": {"type": "ExternalName",
                "externalName": "shop.example.org", "selector": null, "ports": null}}));
            all
        }, 80)
        .load("{name: looks, open: {rate: 5/s}, for: 4s, get: web/}")
        .fault(CUT).refused("shop.example.org");
}
