//! What else goes on in a namespace: slow ends, finalizers of pods, policies of admission.

use serde_json::{Value, json};

use super::{one_replaced, situations, there_is, untouched};
use crate::lab::objects::{PORT, app, container_with, plain, with};

const KILL: &str = "{at: 1s, kill: {service: shop}}";

fn with_pod(pod: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[0] = with(all[0].clone(), &json!({"spec": {"template": {"spec": pod}}}));
    all
}

situations! {
    a_pod_that_takes_its_time_to_end_is_replaced_meanwhile =>
        there_is({
            let mut all = app("shop", &[container_with("shop", PORT, &[("DRAIN", "4000")])]);
            let pod = json!({"terminationGracePeriodSeconds": 10});
            all[0] = with(all[0].clone(), &json!({"spec": {"template": {"spec": pod}}}));
            all
        })
        .fault("{at: 1s, kill: {service: shop, grace: 10s}}").hits(1, one_replaced);
    a_pod_with_a_hook_before_its_end_is_replaced =>
        there_is({
            let hook = json!({"lifecycle": {"preStop": {"sleep": {"seconds": 2}}}});
            let mut all = app("shop", &[with(container_with("shop", PORT, &[]), &hook)]);
            let pod = json!({"terminationGracePeriodSeconds": 10});
            all[0] = with(all[0].clone(), &json!({"spec": {"template": {"spec": pod}}}));
            all
        })
        .fault("{at: 1s, kill: {service: shop, grace: 10s}}").hits(1, one_replaced);
    a_pod_that_names_its_host_and_node_is_replaced =>
        there_is(with_pod(&json!({"hostname": "shop", "nodeSelector": {
            "kubernetes.io/os": "linux"}, "dnsPolicy": "ClusterFirst"})))
            .fault(KILL).hits(1, one_replaced);
    a_restricted_pod_is_hit_like_any_other =>
        there_is(with_pod(&json!({"automountServiceAccountToken": false, "securityContext": {
            "runAsUser": 12345, "runAsNonRoot": true,
            "seccompProfile": {"type": "RuntimeDefault"}}})))
            .fault("{at: 1s, killContainer: {service: shop}}")
            .hits(1, |seen| seen.gone == 0 && seen.restarted.contains("shop"));
    a_node_that_is_not_there_is_no_pass =>
        there_is(plain("shop")).fault("{at: 1s, for: 2s, cordon: {node: nowhere}}")
            .shows(untouched).inconclusive("nowhere");
}
