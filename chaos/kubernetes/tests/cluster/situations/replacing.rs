//! Faults that replace pods, on workloads that replace none, some, or not in the usual way.

use serde_json::{Value, json};

use super::{one_replaced, situations, some_replaced, there_is, untouched};
use crate::lab::objects::{front, labels, other, plain, quota, service, stateful, with};

const ROLLOUT: &str = "{at: 1s, rollout: {service: shop}}";
const SET_ENV: &str = "{at: 1s, for: 3s, setEnv: {service: shop, env: {A: b}}}";

/// The shop with this in its spec.
fn with_spec(spec: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[0] = with(all[0].clone(), &json!({"spec": spec}));
    all
}

fn set(spec: &Value) -> Vec<Value> {
    let retains = json!({"whenDeleted": "Retain", "whenScaled": "Retain"});
    vec![with(stateful("shop", &retains), &json!({"spec": spec})), front("shop")]
}

fn partition(from: u32) -> Vec<Value> {
    let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": from}});
    set(&json!({"updateStrategy": rolling}))
}

situations! {
    a_paused_deployment_is_not_rolled_out =>
        there_is(plain("shop")).then("Deployment", "shop", json!({"spec": {"paused": true}}))
            .fault(ROLLOUT).refused("paused");
    a_paused_deployment_gets_no_variable =>
        there_is(plain("shop")).then("Deployment", "shop", json!({"spec": {"paused": true}}))
            .fault(SET_ENV).refused("paused");
    pods_of_a_paused_deployment_are_killed_and_replaced =>
        there_is(plain("shop")).then("Deployment", "shop", json!({"spec": {"paused": true}}))
            .fault("{at: 1s, kill: {service: shop}}").hits(1, one_replaced);
    a_set_that_replaces_on_delete_is_not_rolled_out =>
        there_is(set(&json!({"updateStrategy": {"type": "OnDelete"}}))).volumes(2)
            .of("StatefulSet", "shop").fault(ROLLOUT).refused("OnDelete");
    a_daemon_set_that_replaces_on_delete_is_not_rolled_out =>
        there_is(vec![
            other("DaemonSet", "shop", &json!({"updateStrategy": {"type": "OnDelete"}})),
            service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": 8080}])),
        ])
        .of("DaemonSet", "shop").fault(ROLLOUT).refused("OnDelete");
    a_partition_over_all_pods_keeps_them =>
        there_is(partition(5)).volumes(2).of("StatefulSet", "shop").fault(ROLLOUT)
            .refused("partition");
    a_partition_over_some_pods_keeps_these =>
        there_is(partition(1)).volumes(2).of("StatefulSet", "shop").fault(ROLLOUT)
            .hits(1, one_replaced);
    a_workload_that_recreates_its_pods_is_rolled_out =>
        there_is(with_spec(&json!({"strategy": {"type": "Recreate", "rollingUpdate": null}})))
            .fault(ROLLOUT).hits(2, |seen| seen.gone == 2 && seen.fewest == 0);
    a_workload_that_waits_after_each_pod_is_rolled_out =>
        there_is(with_spec(&json!({"minReadySeconds": 2}))).fault(ROLLOUT)
            .load("{name: looks, open: {rate: 5/s}, for: 14s, get: shop/}")
            .hits(2, some_replaced);
    a_rollout_for_which_a_quota_has_no_room_is_no_pass =>
        // Two replicas and the watchdog; a rollout begins with one more.
        there_is({
            let mut all = plain("shop");
            all.push(quota(3));
            all
        })
        .fault(ROLLOUT).shows(untouched).inconclusive("exceeded quota");
    a_variable_for_which_a_quota_has_no_room_is_no_pass =>
        there_is({
            let mut all = plain("shop");
            all.push(quota(3));
            all
        })
        .fault(SET_ENV).shows(untouched).inconclusive("exceeded quota");
    without_an_earlier_version_there_is_nothing_to_roll_back_to =>
        there_is(with_spec(&json!({"revisionHistoryLimit": 0})))
            .fault("{at: 1s, rollBack: {service: shop}}")
            .shows(untouched).inconclusive("no version before");
    the_version_before_comes_back_and_goes_again =>
        there_is(plain("shop"))
            .then("Deployment", "shop", json!({"spec": {"template": {"metadata": {
                "annotations": {"version": "2"}}}}}))
            .fault("{at: 1s, rollBack: {service: shop}}").hits(2, some_replaced);
}
