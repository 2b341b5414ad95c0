//! The objects of an edge proxy, and Services that none can replace.

use super::*;

fn lease() -> RunLease {
    RunLease { run: "0a1b2c3d".to_owned(), expires: "2026-01-01T00:00:00Z".parse().unwrap() }
}

fn service(target: &Value) -> Value {
    json!({"metadata": {"name": "payment"}, "spec": {
        "selector": {"app": "payment"},
        "ports": [{"name": "http", "port": 80, "targetPort": target, "nodePort": 30000}],
    }})
}

#[test]
fn names_of_edge_proxies_are_short_enough_for_a_service() {
    assert_eq!(name("payment", &lease()), "brunt-payment-0a1b2c3d");
    assert_eq!(name(&"x".repeat(63), &lease()).len(), LONGEST);
}

#[test]
fn a_named_target_port_becomes_the_edge_proxys_own() {
    let place = CalleeService::of(&service(&json!("http")), Some(8080)).unwrap();
    assert_eq!(place.values("x"), [("/spec/selector".to_owned(), Some(json!({EDGE_PROXY: "x"})))]);
    let by = EdgeProxyArgs { callee: "payment", image: "brunt", kept: "10.0.0.1:80", token: "t" };
    let pod = place.pod("x", &lease(), None, &by);
    assert_eq!(
        pod["spec"]["containers"][0]["ports"][0],
        json!({"name": "http", "containerPort": 8080})
    );
    let kept = place.kept("x", &lease(), None);
    assert_eq!(kept["spec"]["ports"], json!([{"name": "http", "port": 80, "targetPort": "http"}]));
    assert_eq!(kept["spec"]["selector"], json!({"app": "payment"}));
}

#[test]
fn a_privileged_port_is_replaced_by_one_without_privileges() {
    let place = CalleeService::of(&service(&json!(80)), None).unwrap();
    assert_eq!((place.target_port, place.request_port()), (80, 8080));
    let target = ("/spec/ports/0/targetPort".to_owned(), Some(json!(8080)));
    assert!(place.values("x").contains(&target));
}

#[test]
fn a_service_that_no_edge_proxy_can_replace_says_why() {
    let mut bare = service(&json!(8080));
    bare["spec"]["selector"] = Value::Null;
    assert!(CalleeService::of(&bare, None).unwrap_err().to_string().contains("no selector"));
    let mut two = service(&json!(8080));
    two["spec"]["ports"] = json!([{"port": 80}, {"port": 81}]);
    assert!(CalleeService::of(&two, None).unwrap_err().to_string().contains("2 ports"));
    let mut local = service(&json!(8080));
    local["spec"]["internalTrafficPolicy"] = json!("Local");
    assert!(CalleeService::of(&local, None).is_err());
}
