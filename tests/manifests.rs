//! The manifests agree with the system files, and every service has probes, limits and a budget.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use serde_json::Value;

const SYSTEMS: [&str; 5] = ["baemin", "bookstore", "cleaning", "coffee", "fooddelivery"];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn objects(system: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&read(&format!("manifests/rendered/{system}.yaml"))).unwrap()
}

fn services(system: &str) -> Value {
    let file: Value =
        serde_saphyr::from_str(&read(&format!("reference-services/{system}/system.yaml"))).unwrap();
    file["services"].clone()
}

fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = objects.iter().find(|one| one["kind"] == kind && one["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("there is no {kind} {name}"))
}

/// Each service with its name in Kubernetes, which knows small letters only.
fn for_each_service(check: impl Fn(&str, &str, &str, &Value, &[Value])) {
    for system in SYSTEMS {
        let objects = objects(system);
        let services = services(system);
        let services = services.as_object().unwrap();
        assert!(services.len() >= 5, "{system} was read");
        for (name, service) in services {
            check(system, name, &name.to_lowercase(), service, &objects);
        }
        let deployments = objects.iter().filter(|one| one["kind"] == "Deployment").count();
        assert_eq!(deployments, services.len(), "{system} has nothing else");
    }
}

#[test]
fn every_service_runs_and_finds_those_that_it_calls() {
    for_each_service(|system, name, low, service, objects| {
        let container =
            &find(objects, "Deployment", low)["spec"]["template"]["spec"]["containers"][0];
        assert_eq!(container["args"], serde_json::json!(["serve", system, name]));
        let env = container["env"].as_array().unwrap();
        let calls = service["calls"].as_object().cloned().unwrap_or_default();
        for (callee, call) in &calls {
            let url = format!("http://{}:8080", callee.to_lowercase());
            let is_configured =
                env.iter().any(|one| one["name"] == call["env"] && one["value"] == url.as_str());
            assert!(is_configured, "{system} {name} has no address of {callee}");
        }
        let addresses =
            env.iter().filter(|one| one["name"].as_str().unwrap().starts_with("API_")).count();
        assert_eq!(addresses, calls.len(), "{system} {name} has no other addresses");
        let port = &find(objects, "Service", low)["spec"]["ports"][0];
        assert_eq!(
            (&port["port"], &port["targetPort"]),
            (&Value::from(8080), &Value::from("http"))
        );
    });
}

#[test]
fn every_pod_is_probed_bounded_without_rights_and_has_a_budget() {
    for_each_service(|system, name, low, _, objects| {
        let deployment = find(objects, "Deployment", low);
        let pod = &deployment["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        let there = |what: &str| {
            assert!(container.pointer(what).is_some(), "{system} {name} has no {what}");
        };
        for what in ["/readinessProbe", "/livenessProbe", "/lifecycle/preStop"] {
            there(what);
        }
        for what in
            ["/resources/requests/cpu", "/resources/requests/memory", "/resources/limits/memory"]
        {
            there(what);
        }
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["automountServiceAccountToken"], false);
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
        let labels = &deployment["spec"]["template"]["metadata"]["labels"];
        for selector in [
            &find(objects, "PodDisruptionBudget", low)["spec"]["selector"]["matchLabels"],
            &find(objects, "Service", low)["spec"]["selector"],
            &deployment["spec"]["selector"]["matchLabels"],
            &pod["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
        ] {
            assert_eq!(selector, &serde_json::json!({"app": low}), "{system} {name}");
            assert_eq!(labels["app"], low);
        }
    });
}

#[test]
fn only_the_autoscaler_decides_the_number_of_replicas() {
    let mut seen = 0;
    for system in SYSTEMS {
        let objects = objects(system);
        for scaler in objects.iter().filter(|one| one["kind"] == "HorizontalPodAutoscaler") {
            let target = find(
                &objects,
                "Deployment",
                scaler["spec"]["scaleTargetRef"]["name"].as_str().unwrap(),
            );
            assert!(
                target["spec"].get("replicas").is_none(),
                "{system}: both say how many there are"
            );
            assert_eq!(
                target["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"],
                "200m"
            );
            let spec = &scaler["spec"];
            assert_eq!(
                (&spec["minReplicas"], &spec["maxReplicas"]),
                (&Value::from(1), &Value::from(10))
            );
            assert_eq!(spec["metrics"][0]["resource"]["target"]["averageUtilization"], 50);
            seen += 1;
        }
    }
    assert_eq!(seen, SYSTEMS.len());
}

#[test]
fn the_bookstore_s_order_service_has_the_probes_of_its_readme() {
    let objects = objects("bookstore");
    let container =
        &find(&objects, "Deployment", "order")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        container["readinessProbe"],
        serde_json::json!({"httpGet": {"path": "/orders", "port": "http"}, "initialDelaySeconds": 12, "timeoutSeconds": 2,
            "periodSeconds": 5, "failureThreshold": 10}),
    );
    assert_eq!(
        container["livenessProbe"],
        serde_json::json!({"httpGet": {"path": "/isHealthy", "port": "http"}, "initialDelaySeconds": 120, "timeoutSeconds": 2,
            "periodSeconds": 5, "failureThreshold": 5}),
    );
}
