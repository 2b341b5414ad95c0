//! Services as edge proxies serve them, and Services that none can stand for.

use super::*;

/// A sidecar comes first, and the port that the Service names is the second container's.
fn pod() -> PodSpec {
    serde_json::from_value(json!({"containers": [
        {"name": "shipper", "ports": [{"name": "metrics", "containerPort": 9102}]},
        {"name": "tracker", "ports": [{"name": "http", "containerPort": 8081}]},
    ]}))
    .unwrap()
}

fn service(ports: &Value) -> Value {
    json!({"metadata": {"name": "payment"}, "spec": {
        "selector": {"app": "payment"}, "clusterIP": "10.0.0.1", "ports": ports,
    }})
}

fn read(service: &Value) -> Result<CalleeService, Unproxyable> {
    let (pod, shown) = (pod(), "Deployment payment");
    CalleeService::of(service, CalleeWorkload { shown, stateful_set: None, replicas: 2, pod: &pod })
}

fn read_set(service: &Value, replicas: u32) -> Result<CalleeService, Unproxyable> {
    let (pod, shown) = (pod(), "StatefulSet db");
    CalleeService::of(
        service,
        CalleeWorkload { shown, stateful_set: Some("db"), replicas, pod: &pod },
    )
}

fn listens(service: &CalleeService) -> Vec<u16> {
    service.ports.iter().map(|port| port.listen).collect()
}

#[test]
fn a_named_target_port_is_the_one_of_the_container_that_has_it() {
    let ports = json!([{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30000}]);
    let callee = read(&service(&ports)).unwrap();
    assert_eq!(listens(&callee), [8081]);
    assert_eq!(callee.values("x"), [("/spec/selector".to_owned(), Some(json!({EDGE_PROXY: "x"})))]);
    assert_eq!(callee.container_ports(), [json!({"name": "http", "containerPort": 8081})]);
    let kept = callee.kept_spec();
    assert_eq!(kept["ports"], json!([{"name": "http", "port": 80, "targetPort": "http"}]));
    assert_eq!(kept["selector"], json!({"app": "payment"}));
}

#[test]
fn every_port_is_served_and_ports_with_one_target_share_a_listener() {
    let ports = json!([
        {"name": "http", "port": 80, "targetPort": "http"},
        {"name": "metrics", "port": 9102, "targetPort": 9102},
        {"name": "old", "port": 8080, "targetPort": "http"},
        {"name": "control", "port": 9117, "targetPort": 9117},
    ]);
    let callee = read(&service(&ports)).unwrap();
    assert_eq!(listens(&callee), [8081, 9102, 8081, 9117]);
    assert_eq!(callee.control_port(), 9118);
    assert_eq!(callee.container_ports().len(), 3);
    assert_eq!(callee.values("x").len(), 1, "no number changes");
    assert_eq!(callee.kept_spec()["ports"].as_array().unwrap().len(), 4);
}

#[test]
fn a_privileged_port_is_replaced_by_a_free_one_without_privileges() {
    let ports = json!([
        {"name": "other", "port": 8080, "targetPort": 8080},
        {"name": "http", "port": 80, "targetPort": 80},
        {"name": "https", "port": 443, "targetPort": 443},
    ]);
    let callee = read(&service(&ports)).unwrap();
    assert_eq!(listens(&callee), [8080, 8081, 8443]);
    let target = |index: u8| format!("/spec/ports/{index}/targetPort");
    let values = callee.values("x");
    assert_eq!(values[1..], [(target(1), Some(json!(8081))), (target(2), Some(json!(8443)))]);
    assert!(!callee.has_privileged_port());
}

#[test]
fn callers_of_a_headless_service_come_to_the_pods_own_ports() {
    let mut headless = service(&json!([{"name": "http", "port": 80, "targetPort": 80}]));
    headless["spec"]["clusterIP"] = json!("None");
    let callee = read(&headless).unwrap();
    assert_eq!((listens(&callee), callee.has_privileged_port()), (vec![80], true));
    assert_eq!(callee.values("x").len(), 1);
    assert_eq!(callee.kept_spec()["clusterIP"], Value::Null);
    assert_eq!(
        (callee.pod_name, read_set(&headless, 1).unwrap().pod_name),
        (None, Some("db-0".to_owned()))
    );
    let error = read_set(&headless, 3).unwrap_err().to_string();
    assert!(error.contains("each of the 3 pods of StatefulSet db"), "{error}");
}

#[test]
fn a_service_that_no_edge_proxy_can_stand_for_says_why() {
    let refused = |field: &str, value: Value, says: &str| {
        let mut service = service(&json!([{"port": 8080, "targetPort": 8080}]));
        service["spec"][field] = value;
        let error = read(&service).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("payment"), "{error}");
    };
    refused("selector", Value::Null, "no selector");
    refused("internalTrafficPolicy", json!("Local"), "internalTrafficPolicy");
    refused("sessionAffinity", json!("ClientIP"), "sessionAffinity");
    refused("ports", json!([]), "no ports");
    let mixed = json!([{"port": 53, "targetPort": 53}, {"port": 53, "protocol": "UDP"}]);
    refused("ports", mixed, "UDP port 53");
    let mut external = service(&Value::Null);
    external["spec"] = json!({"type": "ExternalName", "externalName": "db.example.org"});
    assert!(read(&external).unwrap_err().to_string().contains("db.example.org"));
}
