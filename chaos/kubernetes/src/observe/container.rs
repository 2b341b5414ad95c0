//! Which container of a pod is the service, and at which port it serves. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The annotation by which a pod says which container kubectl means.
pub(super) const DEFAULT: &str = "kubectl.kubernetes.io/default-container";

/// The index of the container that is the service: the only one, the one that the pod's annotation
/// names, or the one whose port the Service leads to. `None` when none of that is clear; the first
/// one is no better than the others.
pub(super) fn service_container(
    pod: &PodSpec,
    annotations: &BTreeMap<String, String>,
    target: Option<&IntOrString>,
) -> Option<usize> {
    if pod.containers.len() == 1 {
        return Some(0);
    }
    if let Some(name) = annotations.get(DEFAULT) {
        return pod.containers.iter().position(|one| one.name == *name);
    }
    let target = target?;
    let mut serving =
        pod.containers.iter().enumerate().filter(|(_, one)| port_of(one, Some(target)).is_some());
    match (serving.next(), serving.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    }
}

/// The port of a container that a Service's target port means; without one, its only
/// port, or the first.
pub(super) fn port_of(container: &Container, target: Option<&IntOrString>) -> Option<u16> {
    let ports = container.ports.as_deref().unwrap_or_default();
    let found = match target {
        Some(IntOrString::String(name)) => {
            ports.iter().find(|port| port.name.as_ref() == Some(name))
        }
        Some(IntOrString::Int(number)) => ports.iter().find(|port| port.container_port == *number),
        None => ports.first(),
    };
    u16::try_from(found?.container_port).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod() -> PodSpec {
        let port = |name: &str, number: u16| json!([{"name": name, "containerPort": number}]);
        let container = |name: &str, ports: Value| json!({"name": name, "ports": ports});
        let containers = json!([
            container("shipper", port("metrics", 9102)),
            container("tracker", port("http", 8081))
        ]);
        serde_json::from_value(json!({"containers": containers})).unwrap()
    }

    fn annotated(name: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(DEFAULT.to_owned(), name.to_owned())])
    }

    #[test]
    fn a_sidecar_that_comes_first_is_not_the_service() {
        let (pod, none) = (pod(), BTreeMap::new());
        let named = IntOrString::String("http".to_owned());
        assert_eq!(service_container(&pod, &annotated("tracker"), None), Some(1));
        assert_eq!(service_container(&pod, &none, Some(&IntOrString::Int(8081))), Some(1));
        assert_eq!(service_container(&pod, &none, Some(&named)), Some(1));
        let annotation_first = service_container(&pod, &annotated("shipper"), Some(&named));
        assert_eq!(annotation_first, Some(0), "what is said outright counts");
    }

    #[test]
    fn a_container_that_nothing_points_to_is_not_guessed() {
        let (pod, none) = (pod(), BTreeMap::new());
        assert_eq!(service_container(&pod, &none, None), None);
        assert_eq!(service_container(&pod, &none, Some(&IntOrString::Int(1))), None);
        assert_eq!(
            service_container(&pod, &annotated("gone"), Some(&IntOrString::Int(8081))),
            None
        );
        let mut alone = pod;
        alone.containers.truncate(1);
        assert_eq!(service_container(&alone, &none, None), Some(0));
    }

    #[test]
    fn a_port_is_the_one_that_the_service_means() {
        let tracker = &pod().containers[1];
        let named = |name: &str| IntOrString::String(name.to_owned());
        assert_eq!(port_of(tracker, Some(&named("http"))), Some(8081));
        assert_eq!(port_of(tracker, Some(&named("metrics"))), None);
        assert_eq!(port_of(tracker, None), Some(8081));
    }
}
