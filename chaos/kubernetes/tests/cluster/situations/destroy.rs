//! What a fault would take away for good: refused before anything is touched. And what only looks
//! like it.

use serde_json::{Value, json};

use super::{all_replaced, situations, there_is};
use crate::lab::objects::{front, labels, object, other, plain, service, stateful, with};

const REMOVE: &str = "{at: 1s, for: 3s, remove: {service: shop}}";
const STOP: &str = "{at: 1s, for: 3s, stop: {service: shop}}";
const SCALE: &str = "{at: 1s, for: 3s, scale: {service: shop, replicas: 3}}";

fn set(deleted: &str, scaled: &str) -> Vec<Value> {
    vec![stateful("shop", &json!({"whenDeleted": deleted, "whenScaled": scaled})), front("shop")]
}

/// The shop with this in its metadata.
fn with_meta(meta: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[0] = with(all[0].clone(), &json!({"metadata": meta}));
    all
}

situations! {
    claims_that_go_with_their_set_keep_it_from_being_removed =>
        there_is(set("Delete", "Retain")).of("StatefulSet", "shop").volumes(2).fault(REMOVE)
            .refused("whenDeleted: Delete");
    claims_that_go_when_a_set_is_scaled_in_keep_it_from_being_stopped =>
        there_is(set("Retain", "Delete")).of("StatefulSet", "shop").volumes(2).fault(STOP)
            .refused("whenScaled: Delete");
    claims_that_would_go_after_it_was_scaled_out_keep_a_set_as_it_is =>
        there_is(set("Retain", "Delete")).of("StatefulSet", "shop").volumes(3).fault(SCALE)
            .refused("whenScaled: Delete");
    a_set_that_retains_its_claims_is_removed_and_finds_them_again =>
        there_is(set("Retain", "Retain")).of("StatefulSet", "shop").volumes(2).fault(REMOVE)
            .remade().hits(2, |seen| seen.gone == 2 && seen.fewest == 0);
    a_set_is_killed_with_its_claims_left =>
        there_is(set("Delete", "Delete")).of("StatefulSet", "shop").volumes(2)
            .fault("{at: 1s, kill: {service: shop, pick: all}}").hits(2, all_replaced);
    a_set_with_claims_gets_no_further_ones_that_would_stay =>
        there_is(set("Retain", "Retain")).of("StatefulSet", "shop").volumes(3)
            .fault("{at: 1s, for: 3s, scale: {service: shop, replicas: 3}}")
            .refused("stay when it is scaled back");
    a_finalizer_keeps_a_workload_from_being_removed =>
        there_is(with_meta(&json!({"finalizers": ["example.org/wait"]}))).fault(REMOVE)
            .refused("example.org/wait");
    a_finalizer_is_no_obstacle_to_a_stop =>
        there_is(with_meta(&json!({"finalizers": ["example.org/wait"]}))).fault(STOP)
            .hits(2, |seen| seen.fewest == 0);
    a_workload_that_is_removed_comes_back_with_all_its_metadata =>
        there_is(with_meta(&json!({"labels": {"team": "a"}, "annotations": {
            "example.org/with.dots": "x", "meta.helm.sh/release-name": "shop"}})))
            .fault(REMOVE).remade().hits(2, |seen| seen.fewest == 0);
    a_removed_daemon_set_comes_back_as_it_was =>
        there_is(vec![
            other("DaemonSet", "shop", &json!({"minReadySeconds": 1})),
            service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": 8080}])),
        ])
        .of("DaemonSet", "shop").fault(REMOVE).remade().shows(|seen| seen.fewest == 0);
    a_daemon_set_has_no_number_to_be_scaled_to =>
        there_is(vec![
            other("DaemonSet", "shop", &json!({})),
            service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": 8080}])),
        ])
        .of("DaemonSet", "shop").fault(SCALE).refused("no number of replicas");
    a_budget_that_names_a_removed_workload_stays =>
        there_is({
            let mut all = plain("shop");
            all.push(crate::lab::objects::budget("shop", &labels("shop"), 1));
            all.push(object("v1", "Secret", "shop", &json!({"stringData": {"a": "b"}})));
            all
        })
        .fault(REMOVE).remade().hits(2, |seen| seen.fewest == 0);
}
