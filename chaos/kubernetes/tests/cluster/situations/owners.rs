//! Pods and workloads that carry the labels of a service, or its name, and are not it.

use serde_json::json;

use super::{all_replaced, one_replaced, situations, some_replaced, there_is};
use crate::lab::objects::{
    autoscaler, bare_pod, doing, job, labelled, labels, object, other, plain, pod, service, with,
};

const KILL_ALL: &str = "{at: 1s, kill: {service: shop, pick: all}}";
const STOP: &str = "{at: 1s, for: 2s, stop: {service: shop}}";
const ROLLOUT: &str = "{at: 1s, rollout: {service: shop}}";

/// The shop, and something beside it.
fn beside(more: serde_json::Value) -> Vec<serde_json::Value> {
    let mut all = plain("shop");
    all.push(more);
    all
}

fn canary() -> serde_json::Value {
    labelled("Deployment", "shop-canary", &json!({"app": "shop", "track": "canary"}))
}

fn finished_job() -> serde_json::Value {
    let mut done = job("shop-done", &labels("shop"));
    done["spec"]["template"]["spec"]["containers"][0] = doing("end", "job");
    done
}

situations! {
    a_canary_is_not_killed_with_the_service =>
        there_is(beside(canary())).fault(KILL_ALL).hits(2, all_replaced);
    a_canary_goes_on_while_the_service_is_stopped =>
        there_is(beside(canary())).fault(STOP)
            .hits(2, |seen| seen.gone == 2 && seen.fewest == 0);
    a_canary_is_not_rolled_out_with_the_service =>
        there_is(beside(canary())).fault(ROLLOUT).hits(2, some_replaced);
    a_job_with_the_services_labels_goes_on =>
        there_is(beside(job("shop-migrate", &labels("shop")))).fault(KILL_ALL)
            .hits(2, all_replaced);
    a_job_that_has_finished_is_no_replica =>
        there_is(beside(finished_job())).fault(STOP)
            .hits(2, |seen| seen.gone == 2 && seen.fewest == 0);
    a_pod_made_by_hand_with_the_services_labels_goes_on =>
        there_is(beside(bare_pod("debug", &json!({"app": "shop", "made": "by-hand"}))))
            .fault(KILL_ALL).hits(2, all_replaced);
    a_bare_replica_set_with_the_services_labels_goes_on =>
        there_is(beside(labelled("ReplicaSet", "shop-old", &json!({"app": "shop", "v": "0"}))))
            .fault(KILL_ALL).hits(2, all_replaced);
    a_stateful_set_with_the_services_labels_goes_on =>
        there_is(beside(labelled("StatefulSet", "shop-db", &json!({"app": "shop", "v": "db"}))))
            .fault(STOP).hits(2, |seen| seen.gone == 2);
    a_daemon_set_with_the_services_labels_goes_on =>
        there_is(beside(labelled("DaemonSet", "shop-agent", &json!({"app": "shop", "v": "agent"}))))
            .fault(KILL_ALL).hits(2, all_replaced);
    a_service_over_all_pods_leads_nobody_astray =>
        there_is({
            let mut all = beside(canary());
            all[1] = service("shop", &json!({}), &json!([{"port": 80, "targetPort": 8080}]));
            all[1]["spec"]["selector"] = labels("shop");
            all.push(bare_pod("debug", &json!({"app": "shop", "made": "by-hand"})));
            all
        })
        .fault("{at: 1s, evict: {service: shop, pick: all}}").hits(2, all_replaced);
    two_workloads_with_the_services_label_are_an_error_with_both_names =>
        there_is(["blue", "green"].map(|colour| {
            let pods = json!({"app": "shop", "colour": colour});
            let one = labelled("Deployment", &format!("shop-{colour}"), &pods);
            with(one, &json!({"metadata": {"labels": {"app": "shop"}}}))
        }).to_vec())
        .of("Deployment", "shop-blue").fault(KILL_ALL)
        .refused("Deployment shop-blue, Deployment shop-green");
    the_only_workload_with_the_services_label_is_the_service =>
        there_is(vec![
            with(labelled("Deployment", "front-office", &labels("office")),
                &json!({"metadata": {"labels": {"app.kubernetes.io/name": "shop"}}})),
            service("office", &labels("office"), &json!([{"port": 80, "targetPort": 8080}])),
            bare_pod("shop", &labels("shop")),
        ])
        .of("Deployment", "front-office").fault(KILL_ALL).hits(1, one_replaced);
    pods_of_a_cron_job_with_the_services_name_are_no_replicas =>
        there_is({
            let pods = json!({"metadata": {"labels": labels("shop")}, "spec": with(
                pod(&[doing("sleep", "tick")]), &json!({"restartPolicy": "Never"}))});
            let jobs = json!({"schedule": "* * * * *", "suspend": true,
                "jobTemplate": {"spec": {"template": pods}}});
            beside(object("batch/v1", "CronJob", "shop", &json!({"spec": jobs})))
        })
        .fault(KILL_ALL).hits(2, all_replaced);
    one_of_each_node_is_replaced_of_a_daemon_set =>
        there_is(vec![
            other("DaemonSet", "shop", &json!({})),
            service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": 8080}])),
            canary(),
        ])
        .of("DaemonSet", "shop").fault("{at: 1s, kill: {service: shop}}").hits(1, one_replaced);
    a_bare_replica_set_that_is_the_service_is_hit_and_a_deployment_of_its_label_is_not =>
        there_is(vec![
            other("ReplicaSet", "shop", &json!({"replicas": 2})),
            service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": 8080}])),
            canary(),
            autoscaler("shop-canary", "Deployment", 1, 1),
        ])
        .of("ReplicaSet", "shop").fault(KILL_ALL).hits(2, all_replaced);
}
