//! Which container and which port is the service, where a pod has several.

use serde_json::{Value, json};

use super::{one_replaced, only_shop_restarted, situations, some_replaced, there_is};
use crate::lab::objects::{
    METRICS, PORT, app, container, container_with, deployment, doing, labels, plain, service, with,
};

const KILL: &str = "{at: 1s, kill: {service: shop}}";
const KILL_CONTAINER: &str = "{at: 1s, killContainer: {service: shop, pick: all}}";
const SET_ENV: &str = "{at: 1s, for: 3s, setEnv: {service: shop, env: {A: b}}}";

fn shop() -> Value {
    container("shop", PORT)
}

fn sidecar() -> Value {
    container("shipper", METRICS)
}

/// The shop's pod with more in its spec.
fn with_pod(pod: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[0] = with(all[0].clone(), &json!({"spec": {"template": {"spec": pod}}}));
    all
}

fn annotated(container: &str) -> Vec<Value> {
    let mut all = app("shop", &[sidecar(), shop()]);
    let annotations = json!({"kubectl.kubernetes.io/default-container": container});
    let template = json!({"metadata": {"annotations": annotations}});
    all[0] = with(all[0].clone(), &json!({"spec": {"template": template}}));
    all
}

/// A Deployment of these containers behind a Service with these ports.
fn behind(containers: &[Value], ports: &Value) -> Vec<Value> {
    vec![deployment("shop", containers), service("shop", &labels("shop"), ports)]
}

fn native_sidecar() -> Value {
    with(sidecar(), &json!({"restartPolicy": "Always", "name": "mesh"}))
}

situations! {
    a_container_behind_a_sidecar_is_ended_and_the_sidecar_is_not =>
        there_is(app("shop", &[sidecar(), shop()])).fault(KILL_CONTAINER)
            .hits(2, only_shop_restarted);
    a_container_behind_a_sidecar_is_known_by_the_services_port_number =>
        there_is(behind(&[sidecar(), shop()], &json!([{"port": 80, "targetPort": PORT}])))
            .fault(KILL_CONTAINER).hits(2, only_shop_restarted);
    a_native_sidecar_is_not_the_service =>
        there_is(with_pod(&json!({"initContainers": [native_sidecar()]}))).fault(KILL_CONTAINER)
            .hits(2, only_shop_restarted);
    init_containers_run_again_in_a_new_pod_and_that_is_all =>
        there_is(with_pod(&json!({"initContainers": [doing("end", "first"), doing("end", "then")]})))
            .fault(KILL).hits(1, one_replaced);
    containers_of_which_none_is_pointed_to_are_not_guessed =>
        there_is(behind(&[sidecar(), shop()], &json!([{"port": 80, "targetPort": 1}])))
            .fault(KILL_CONTAINER).refused("the containers shipper, shop");
    a_default_container_that_is_not_there_is_not_replaced_by_a_guess =>
        there_is(annotated("gone")).fault(KILL_CONTAINER).refused("shipper, shop");
    the_default_container_comes_before_the_services_port =>
        there_is(annotated("shipper")).fault(KILL_CONTAINER)
            .hits(2, |seen| seen.restarted.iter().map(String::as_str).eq(["shipper"]));
    a_variable_is_set_in_the_services_container_alone =>
        there_is(app("shop", &[sidecar(), shop()])).fault(SET_ENV).hits(2, some_replaced);
    requests_go_to_the_port_that_is_called_http_and_not_to_the_first =>
        there_is(behind(&[sidecar(), shop()], &json!([
            {"name": "metrics", "port": METRICS, "targetPort": 1},
            {"name": "http", "port": 80, "targetPort": "http"}])))
            .fault(KILL).hits(1, one_replaced);
    requests_go_to_the_port_of_the_app_and_not_to_the_one_for_its_metrics =>
        there_is(behind(&[sidecar(), shop()], &json!([
            {"name": "web", "port": 80, "targetPort": "http"},
            {"name": "http-metrics", "port": METRICS, "targetPort": 1}])))
            .load("{name: looks, open: {rate: 5/s}, for: 7s, get: shop/env/PORT, expect: 200}")
            .fault(KILL).hits(1, one_replaced);
    a_target_port_by_name_means_the_container_that_has_it =>
        there_is(behind(
            &[sidecar(), container_with("shop", PORT, &[("DRAIN", "500")])],
            &json!([{"port": 8000, "targetPort": "http"}])))
            .fault(KILL).hits(1, one_replaced);
    a_service_without_any_front_is_hit_all_the_same =>
        there_is([vec![deployment("shop", &[shop()])], plain("web")].concat())
            .system("services:\n  web: {startsWithin: 5s}\n  shop: {startsWithin: 5s}")
            .load("{name: looks, open: {rate: 5/s}, for: 7s, get: web/}")
            .fault(KILL).hits(1, one_replaced);
    a_headless_service_is_a_front =>
        there_is(with_service(&json!({"clusterIP": "None"}))).fault(KILL).hits(1, one_replaced);
    a_node_port_is_a_front =>
        there_is(with_service(&json!({"type": "NodePort"}))).fault(KILL).hits(1, one_replaced);
    a_load_balancer_that_never_gets_an_address_is_a_front =>
        there_is(with_service(&json!({"type": "LoadBalancer"}))).fault(KILL).hits(1, one_replaced);
    a_service_that_leads_to_pods_before_they_are_ready_is_a_front =>
        there_is(with_service(&json!({"publishNotReadyAddresses": true}))).fault(KILL)
            .hits(1, one_replaced);
    the_sandbox_of_a_pod_with_one_process_namespace_is_not_taken_for_the_service =>
        there_is(with_pod(&json!({"shareProcessNamespace": true}))).fault(KILL_CONTAINER)
            .refused("shareProcessNamespace");
    the_first_process_of_a_node_is_not_taken_for_the_service =>
        there_is(with_pod(&json!({"hostPID": true}))).fault(KILL_CONTAINER)
            .refused("hostPID");
    a_port_for_requests_is_not_guessed_among_several =>
        there_is(behind(&[shop()], &json!([
            {"name": "grpc", "port": 90, "targetPort": 9090},
            {"name": "web", "port": 80, "targetPort": "http"}])))
            .fault(KILL).refused("grpc (90), web (80)");
    a_port_for_requests_that_the_system_file_names_is_the_one =>
        there_is(behind(&[shop()], &json!([
            {"name": "grpc", "port": 90, "targetPort": 9090},
            {"name": "web", "port": 80, "targetPort": "http"}])))
            .system("services:\n  shop: {startsWithin: 5s, kubernetes: {port: web}}")
            .load("{name: looks, open: {rate: 5/s}, for: 7s, get: shop/, expect: 200}")
            .fault(KILL).hits(1, one_replaced);
    a_workload_of_no_replicas_gives_a_fault_nothing_to_hit =>
        there_is({
            let mut all = plain("shop");
            all[0] = with(all[0].clone(), &json!({"spec": {"replicas": 0}}));
            all
        })
        .load("{name: looks, open: {rate: 5/s}, for: 3s, get: shop/}")
        .fault(KILL).inconclusive("");
}

fn with_service(spec: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all[1] = with(all[1].clone(), &json!({"spec": spec}));
    all
}
