//! What the pods that runs add get from the user: labels, tolerations, resources and so on. Pure.

use brunt_scenarios::system::{HelperPods, HelperResources};
use serde_json::{Map, Value, json};

/// Puts into a pod, or the template of one, what the user says.
pub(crate) fn configure(pod: &mut Value, by: &HelperPods) {
    for (field, given) in [("labels", &by.labels), ("annotations", &by.annotations)] {
        for (key, value) in given {
            let all = &mut pod["metadata"][field];
            // brunt finds its pods by its own.
            if all.get(key).is_none() {
                all[key] = json!(value);
            }
        }
    }
    let spec = &mut pod["spec"];
    if !by.node_selector.is_empty() {
        spec["nodeSelector"] = json!(by.node_selector);
    }
    if !by.tolerations.is_empty() {
        spec["tolerations"] = json!(by.tolerations);
    }
    if !by.image_pull_secrets.is_empty() {
        spec["imagePullSecrets"] = json!(by.image_pull_secrets);
    }
    if let Some(account) = &by.service_account {
        spec["serviceAccountName"] = json!(account);
    }
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        resources(container, &by.resources);
    }
}

/// A request of brunt's own above a limit that is given would be refused, and so would a limit of
/// its own below a request that is given: the other side goes by what is given.
fn resources(container: &mut Value, given: &HelperResources) {
    let HelperResources { requests, limits } = given;
    for (field, set, other) in [("requests", requests, limits), ("limits", limits, requests)] {
        let own = container["resources"][field].take();
        let mut all: Map<String, Value> = own.as_object().cloned().unwrap_or_default();
        all.retain(|resource, _| !other.contains_key(resource));
        all.extend(set.iter().map(|(resource, quantity)| (resource.clone(), json!(quantity))));
        if let Some(resources) = container["resources"].as_object_mut() {
            match all.is_empty() {
                true => drop(resources.remove(field)),
                false => drop(resources.insert(field.to_owned(), Value::Object(all))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn helpers(given: Value) -> HelperPods {
        serde_json::from_value(given).unwrap()
    }

    #[test]
    fn what_the_user_gives_is_in_the_pod_and_brunts_own_labels_stay() {
        let mut pod = json!({
            "metadata": {"labels": {"brunt.dev/run": "a"}},
            "spec": {"containers": [{"name": "x",
                "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}}}]},
        });
        configure(
            &mut pod,
            &helpers(json!({
                "labels": {"team": "shop", "brunt.dev/run": "b"},
                "annotations": {"sidecar.istio.io/inject": "false"},
                "nodeSelector": {"pool": "tools"},
                "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
                "imagePullSecrets": [{"name": "registry"}],
                "serviceAccount": "chaos",
                "resources": {"requests": {"cpu": "50m"}, "limits": {"memory": "64Mi"}},
            })),
        );
        assert_eq!(
            pod,
            json!({
                "metadata": {
                    "labels": {"brunt.dev/run": "a", "team": "shop"},
                    "annotations": {"sidecar.istio.io/inject": "false"},
                },
                "spec": {
                    "nodeSelector": {"pool": "tools"},
                    "tolerations": [
                        {"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
                    "imagePullSecrets": [{"name": "registry"}],
                    "serviceAccountName": "chaos",
                    "containers": [{"name": "x", "resources": {
                        "requests": {"cpu": "50m"}, "limits": {"memory": "64Mi"}}}],
                },
            })
        );
    }

    #[test]
    fn without_anything_given_a_pod_stays_as_it_is() {
        let own = json!({"requests": {"cpu": "5m"}, "limits": {"memory": "1Mi"}});
        let pod = json!({"metadata": {"labels": {}}, "spec": {"containers": [{"resources": own}]}});
        let mut configured = pod.clone();
        configure(&mut configured, &HelperPods::default());
        assert_eq!(configured, pod);
    }
}
