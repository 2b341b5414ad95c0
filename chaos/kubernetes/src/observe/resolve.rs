//! Which workload a service of the system file is on the cluster.
//!
//! A target is exact or an error: what is hit must be what is meant.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{self, ServiceOnKubernetes, WorkloadKind};
use indexmap::IndexMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::inventory::{self, Inventory};
use super::named_front;
use super::workload::Workload;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::ObjectKind;
use crate::client::port_forward::selector;
use crate::client::unclear_target::UnclearTarget;

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
    let all = find_each(cluster, system).await?.into_iter();
    all.map(|(name, found)| Ok((name, found?))).collect()
}

/// The same, with what is in the way of each.
pub(crate) async fn find_each(
    cluster: &Cluster,
    system: &plan::System,
) -> Result<Vec<(String, Result<Workload, UnclearTarget>)>, KubeError> {
    let wanted: Vec<(&String, &ServiceOnKubernetes)> = system
        .services
        .iter()
        .filter(|(_, service)| service.is_ours())
        .map(|(name, service)| (name, &service.on_kubernetes))
        .collect();
    let mut there = BTreeMap::new();
    for namespace in namespaces(cluster, system) {
        let within = cluster.within(&namespace);
        if namespace != cluster.namespace {
            within.must_exist().await?;
        }
        there.insert(namespace, inventory::list(&within).await?);
    }
    let find = |(name, named): (&String, &ServiceOnKubernetes)| {
        let namespace = named.namespace.as_ref().unwrap_or(&cluster.namespace);
        (name.clone(), find_one(name, named, &there[namespace], namespace))
    };
    Ok(wanted.into_iter().map(find).collect())
}

/// The namespaces of a system: that of the run first, then those that its services name.
pub(crate) fn namespaces(cluster: &Cluster, system: &plan::System) -> Vec<String> {
    let named = system.services.values().filter_map(|one| one.on_kubernetes.namespace.as_ref());
    let mut all = vec![cluster.namespace.clone()];
    for namespace in named {
        if !all.contains(namespace) {
            all.push(namespace.clone());
        }
    }
    all
}

fn find_one(
    name: &str,
    named: &ServiceOnKubernetes,
    there: &Inventory,
    namespace: &str,
) -> Result<Workload, UnclearTarget> {
    let mut workload = workload_of(name, named, &there.workloads, namespace)?;
    workload.named = named.clone();
    named_front::apply(name, &mut workload, &there.services)?;
    workload.must_have_a_container(name)?;
    Ok(workload)
}

/// Finds the workload that the system file names. Where it names none, the one with the name of the
/// service, or else the one with such a label.
///
/// # Errors
/// When there is none; when there are several that fit equally well, with the names of all.
fn workload_of(
    service: &str,
    wanted: &ServiceOnKubernetes,
    all: &[(ObjectMeta, Workload)],
    namespace: &str,
) -> Result<Workload, UnclearTarget> {
    let names = names(service);
    let is_wanted = |one: &Workload| {
        let mut labels = wanted.selector.iter();
        is_of(wanted.kind, one.object.kind)
            && wanted.name.as_ref().is_none_or(|name| *name == one.object.name)
            && labels.all(|(key, value)| one.labels.get(key) == Some(value))
    };
    let described = |_: &ObjectMeta| true;
    let named = |meta: &ObjectMeta| meta.name.as_ref().is_some_and(|name| names.contains(name));
    let labelled = |meta: &ObjectMeta| {
        let value = |key: &&str| meta.labels.as_ref().and_then(|labels| labels.get(*key));
        let fits = |value: &String| value == service || names.contains(value);
        LABELS.iter().filter_map(value).any(fits)
    };
    let is_described = wanted.name.is_some() || !wanted.selector.is_empty();
    let ways: &[&dyn Fn(&ObjectMeta) -> bool] =
        if is_described { &[&described] } else { &[&named, &labelled] };
    for fits in ways {
        let found = all.iter().filter(|(meta, one)| is_wanted(one) && fits(meta));
        let found: Vec<&Workload> = found.map(|(_, workload)| workload).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok((*one).clone()),
            several => {
                let several: Vec<String> =
                    several.iter().map(|one| one.object.to_string()).collect();
                return Err(UnclearTarget::SeveralWorkloads {
                    service: service.to_owned(),
                    namespace: namespace.to_owned(),
                    found: several.join(", "),
                });
            }
        }
    }
    Err(UnclearTarget::NoWorkload {
        service: service.to_owned(),
        namespace: namespace.to_owned(),
        kinds: kinds(wanted.kind).to_owned(),
        looked_for: looked_for(wanted, &names),
    })
}

fn is_of(wanted: Option<WorkloadKind>, kind: ObjectKind) -> bool {
    match wanted {
        None => true,
        Some(WorkloadKind::Deployment) => kind == ObjectKind::Deployment,
        Some(WorkloadKind::StatefulSet) => kind == ObjectKind::StatefulSet,
        Some(WorkloadKind::DaemonSet) => kind == ObjectKind::DaemonSet,
        Some(WorkloadKind::ReplicaSet) => kind == ObjectKind::ReplicaSet,
        Some(WorkloadKind::Rollout) => kind == ObjectKind::Rollout,
    }
}

fn kinds(wanted: Option<WorkloadKind>) -> &'static str {
    match wanted {
        None => "Deployment, StatefulSet, DaemonSet, ReplicaSet or Rollout",
        Some(WorkloadKind::Deployment) => "Deployment",
        Some(WorkloadKind::StatefulSet) => "StatefulSet",
        Some(WorkloadKind::DaemonSet) => "DaemonSet",
        Some(WorkloadKind::ReplicaSet) => "ReplicaSet",
        Some(WorkloadKind::Rollout) => "Rollout",
    }
}

/// What would have matched, in words.
fn looked_for(wanted: &ServiceOnKubernetes, names: &[String]) -> String {
    let labels = (!wanted.selector.is_empty())
        .then(|| format!("pods with the labels {}", selector(&wanted.selector)));
    let described: Vec<String> = wanted.name.clone().into_iter().chain(labels).collect();
    if described.is_empty() { names.join(", ") } else { described.join(", ") }
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
    use crate::observe::workload_kinds::of_deployment;

    fn deployment(name: &str, labels: &Value) -> (ObjectMeta, Workload) {
        let one = json!({
            "metadata": {"name": name, "labels": labels},
            "spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "a"}]}}},
        });
        of_deployment(serde_json::from_value(one).unwrap()).unwrap()
    }

    fn found(service: &str, all: &[(ObjectMeta, Workload)]) -> Result<String, String> {
        let wanted = ServiceOnKubernetes::default();
        let found = workload_of(service, &wanted, all, "ns");
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

    #[test]
    fn what_the_system_file_names_is_taken_and_nothing_else() {
        let label = json!({"app.kubernetes.io/name": "shop"});
        let all = [deployment("shop", &json!({})), deployment("shop-green", &label)];
        let find = |wanted: ServiceOnKubernetes| {
            let found = workload_of("shop", &wanted, &all, "ns");
            found.map(|one| one.object.name).map_err(|error| error.to_string())
        };
        let name = |name: &str| Some(name.to_owned());
        let any = ServiceOnKubernetes::default;
        assert_eq!(find(any()).unwrap(), "shop");
        let green = ServiceOnKubernetes { name: name("shop-green"), ..any() };
        assert_eq!(find(green.clone()).unwrap(), "shop-green");
        let set = ServiceOnKubernetes { kind: Some(WorkloadKind::StatefulSet), ..green };
        let why = find(set).unwrap_err();
        assert!(why.contains("no StatefulSet") && why.contains("shop-green"), "{why}");
        let gone = find(ServiceOnKubernetes { name: name("gone"), ..any() }).unwrap_err();
        assert!(gone.contains("(looked for gone)"), "{gone}");
    }

    #[test]
    fn a_selector_finds_the_workload_by_the_labels_of_its_pods() {
        let pods = |name: &str, labels: &Value| {
            let (meta, mut one) = deployment(name, &json!({}));
            one.labels = serde_json::from_value(labels.clone()).unwrap();
            (meta, one)
        };
        let all = [
            pods("a", &json!({"app": "x", "track": "stable"})),
            pods("b", &json!({"app": "x", "track": "canary"})),
        ];
        let find = |labels: Value| {
            let selector = serde_json::from_value(labels).unwrap();
            let wanted = ServiceOnKubernetes { selector, ..ServiceOnKubernetes::default() };
            let found = workload_of("shop", &wanted, &all, "ns");
            found.map(|one| one.object.name).map_err(|error| error.to_string())
        };
        assert_eq!(find(json!({"app": "x", "track": "stable"})).unwrap(), "a");
        assert!(find(json!({"app": "x"})).unwrap_err().contains("Deployment a, Deployment b"));
        let none = find(json!({"app": "y"})).unwrap_err();
        assert!(none.contains("pods with the labels app=y"), "{none}");
    }
}
