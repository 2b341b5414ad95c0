//! Which workload a service of the system file is on the cluster.
//!
//! A target is exact or an error: what is hit must be what is meant.

use brunt_scenarios::plan;
use indexmap::IndexMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::workload::{self, Workload};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// Labels that say what a workload is; brunt's own manifests set the first one, where a service's
/// name has capitals.
const LABELS: [&str; 3] = ["brunt.dev/service", "app.kubernetes.io/name", "app"];

/// Finds the workload of every service that faults may be injected into.
///
/// # Errors
/// When one is missing, or when workloads cannot be listed.
pub(crate) async fn find(
    cluster: &Cluster,
    system: &plan::System,
) -> Result<IndexMap<String, Workload>, KubeError> {
    let all = workload::list(cluster).await?;
    let wanted = system.services.iter().filter(|(_, service)| service.is_ours());
    wanted
        .map(|(name, _)| {
            let workload = workload_of(name, &all, &cluster.namespace)?;
            workload.must_have_a_container(name)?;
            Ok((name.clone(), workload))
        })
        .collect()
}

/// Finds the workload with the name of a service, or else the one with such a label.
///
/// # Errors
/// When there is none; when there are several that fit equally well, with the names of all.
fn workload_of(
    service: &str,
    all: &[(ObjectMeta, Workload)],
    namespace: &str,
) -> Result<Workload, KubeError> {
    let names = names(service);
    let named = |meta: &ObjectMeta| meta.name.as_ref().is_some_and(|name| names.contains(name));
    let labelled = |meta: &ObjectMeta| {
        let value = |key: &&str| meta.labels.as_ref().and_then(|labels| labels.get(*key));
        let fits = |value: &String| value == service || names.contains(value);
        LABELS.iter().filter_map(value).any(fits)
    };
    for fits in [&named as &dyn Fn(&ObjectMeta) -> bool, &labelled] {
        let found: Vec<&Workload> =
            all.iter().filter(|(meta, _)| fits(meta)).map(|(_, workload)| workload).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok((*one).clone()),
            several => {
                let several: Vec<String> =
                    several.iter().map(|one| one.object.to_string()).collect();
                return Err(KubeError::AmbiguousWorkload {
                    service: service.to_owned(),
                    namespace: namespace.to_owned(),
                    found: several.join(", "),
                });
            }
        }
    }
    Err(KubeError::NoWorkload {
        service: service.to_owned(),
        namespace: namespace.to_owned(),
        looked_for: names.join(", "),
    })
}

/// The names that a service may have on a cluster, where names have no capitals: `bookInventory` is
/// `bookinventory` or `book-inventory`.
pub(crate) fn names(service: &str) -> Vec<String> {
    let mut kebab = String::new();
    for letter in service.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    let mut names = vec![service.to_lowercase(), kebab];
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::observe::workload::of_deployment;

    fn deployment(name: &str, labels: &Value) -> (ObjectMeta, Workload) {
        let one = json!({
            "metadata": {"name": name, "labels": labels},
            "spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "a"}]}}},
        });
        of_deployment(serde_json::from_value(one).unwrap()).unwrap()
    }

    fn found(service: &str, all: &[(ObjectMeta, Workload)]) -> Result<String, String> {
        let found = workload_of(service, all, "ns");
        found.map(|one| one.object.name).map_err(|error| error.to_string())
    }

    #[test]
    fn a_service_name_with_capitals_has_two_candidates_on_a_cluster() {
        assert_eq!(names("bookInventory"), ["bookinventory", "book-inventory"]);
        assert_eq!(names("order"), ["order"]);
    }

    #[test]
    fn a_name_comes_before_any_label() {
        let canary = deployment("a-canary", &json!({"app": "shop"}));
        let shop = deployment("shop", &json!({}));
        assert_eq!(found("shop", &[canary.clone(), shop]).unwrap(), "shop");
        assert_eq!(found("shop", &[canary]).unwrap(), "a-canary");
    }

    #[test]
    fn two_that_fit_are_an_error_with_both_names() {
        let label = json!({"app.kubernetes.io/name": "shop"});
        let blue_green = [deployment("shop-blue", &label), deployment("shop-green", &label)];
        let why = found("shop", &blue_green).unwrap_err();
        assert!(why.contains("Deployment shop-blue, Deployment shop-green"), "{why}");
        let both =
            [deployment("bookinventory", &json!({})), deployment("book-inventory", &json!({}))];
        assert!(found("bookInventory", &both).unwrap_err().contains("Deployment book-inventory"));
        assert!(found("other", &both).unwrap_err().contains("looked for other"));
    }
}
