//! Others who have a say: autoscalers, budgets, quotas, limits, pod security.

use serde_json::{Value, json};

use super::{all_replaced, one_replaced, situations, some_replaced, there_is, untouched};
use crate::lab::objects::{
    PORT, app, autoscaler, budget, container, labels, object, plain, quota, with,
};

const SCALE: &str = "{at: 1s, for: 20s, scale: {service: shop, replicas: 4}}";
const EVICT: &str = "{at: 1s, evict: {service: shop, pick: all}}";
const AUTOSCALE: &str = "{at: 1s, for: 3s, autoscale: {service: shop, min: 2, max: 5}}";

fn and(more: &[Value]) -> Vec<Value> {
    let mut all = plain("shop");
    // What an autoscaler measures by.
    let mut containers = all[0]["spec"]["template"]["spec"]["containers"].clone();
    containers[0]["resources"] = json!({"requests": {"cpu": "5m", "memory": "8Mi"}});
    let pod = json!({"containers": containers});
    all[0] = with(all[0].clone(), &json!({"spec": {"template": {"spec": pod}}}));
    all.extend(more.iter().cloned());
    all
}

fn scaler(min: u32, max: u32) -> Value {
    autoscaler("shop", "Deployment", min, max)
}

/// The shop with room for itself, and limits that are too high for a helper.
fn limited() -> Vec<Value> {
    let mut own = container("shop", PORT);
    own["resources"] = json!({"requests": {"memory": "70Mi"}});
    let mut all = app("shop", &[own]);
    let limit = json!({"type": "Container", "min": {"memory": "64Mi"}});
    all.push(object("v1", "LimitRange", "limits", &json!({"spec": {"limits": [limit]}})));
    all
}

situations! {
    an_autoscaler_that_takes_a_number_back_ends_the_claim_by_its_name =>
        there_is(and(&[scaler(2, 2)])).load("{name: looks, open: {rate: 5/s}, for: 25s, get: shop/}")
            .fault(SCALE).inconclusive("kube-controller-manager");
    an_autoscaler_rests_while_its_service_is_stopped =>
        there_is(and(&[scaler(2, 2)])).fault("{at: 1s, for: 3s, stop: {service: shop}}")
            .hits(2, |seen| seen.fewest == 0);
    an_autoscalers_limits_are_changed_and_come_back =>
        there_is(and(&[scaler(2, 2)])).touches(&["HorizontalPodAutoscaler shop"])
            .fault(AUTOSCALE).hits(2, |seen| !seen.changed.is_empty());
    an_autoscaler_of_another_workload_is_not_the_services =>
        there_is(and(&[with(autoscaler("other", "Deployment", 1, 1), &json!({}))]))
            .fault(AUTOSCALE).shows(untouched).inconclusive("has no autoscaler");
    an_autoscaler_by_memory_has_no_aim_for_the_processor =>
        there_is(and(&[with(scaler(2, 2), &json!({"spec": {"metrics": [{"type": "Resource",
            "resource": {"name": "memory", "target": {"type": "Utilization",
                "averageUtilization": 95}}}]}}))]))
            .fault("{at: 1s, for: 3s, autoscale: {service: shop, target: 10}}").shows(untouched)
            .inconclusive("does not look at the processor");
    a_budget_refuses_an_eviction_in_its_own_words =>
        there_is(and(&[budget("keep", &labels("shop"), 0)])).fault(EVICT).shows(untouched)
            .inconclusive("disruption budget");
    a_budget_that_lets_one_go_lets_one_go =>
        there_is(and(&[budget("keep", &labels("shop"), 1)]))
            .fault("{at: 1s, evict: {service: shop}}").hits(1, one_replaced);
    two_budgets_over_one_pod_are_an_error_of_the_cluster_and_no_pass =>
        there_is(and(&[budget("one", &labels("shop"), 1), budget("two", &labels("shop"), 1)]))
            .fault("{at: 1s, evict: {service: shop}}").shows(untouched)
            .inconclusive("more than one PodDisruptionBudget");
    a_budget_says_nothing_about_kills =>
        there_is(and(&[budget("keep", &labels("shop"), 0)]))
            .fault("{at: 1s, kill: {service: shop, pick: all}}").hits(2, all_replaced);
    limits_that_no_helper_fits_into_are_named_before_anything_is_touched =>
        there_is(limited()).fault("{at: 1s, kill: {service: shop}}")
            .refused("minimum memory usage per Container is 64Mi");
    a_rate_of_pods_that_a_quota_allows_is_enough =>
        there_is(and(&[quota(4)]))
            .fault("{at: 1s, rollout: {service: shop}}").hits(2, some_replaced);
}
