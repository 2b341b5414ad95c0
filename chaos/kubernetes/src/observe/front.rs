//! Which Service leads to a workload, and to which port of its pods. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec, Service, ServicePort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;
use thiserror::Error;

use crate::client::argo_labels::VERSION_LABEL;
use crate::client::labels::RUN;

/// The Service that leads to a workload's pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrontService {
    pub(crate) name: String,
    /// Its cluster IP; `None` for a headless Service.
    pub(crate) address: Option<String>,
    pub(crate) port: u16,
    /// The port of the pods that this leads to.
    pub(crate) target: u16,
    pub(crate) selector: BTreeMap<String, String>,
    /// All ports of the Service, where it is not clear which of them is for requests.
    pub(crate) unclear_ports: Option<String>,
}

/// The Services that lead to a workload's pods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fronts {
    /// The one by which the workload is called.
    pub(crate) front: Option<FrontService>,
    /// Why it is not known by which one: the names of those that fit equally well, or that lead to
    /// other workloads as well.
    pub(crate) unclear: Vec<String>,
}

/// Chooses the Service by which a workload is called: one with a name of the workload, or the only
/// one that leads to its pods and to no other's. One with an address is preferred to a headless
/// one, which a StatefulSet needs beside it.
///
/// `labels` are those of its pods, and `others` those of each other workload.
pub(crate) fn choose(
    services: &[Service],
    names: &[&str],
    labels: &BTreeMap<String, String>,
    pod: &PodSpec,
    others: &[&BTreeMap<String, String>],
) -> Fronts {
    let leads_here: Vec<FrontService> =
        services.iter().filter_map(|service| front_service(service, labels, pod)).collect();
    let by_name = names.iter().find_map(|name| leads_here.iter().find(|front| front.name == *name));
    if let Some(front) = by_name {
        return Fronts { front: Some(front.clone()), unclear: vec![] };
    }
    let is_own =
        |front: &&FrontService| !others.iter().any(|other| leads_to(&front.selector, other));
    let own: Vec<&FrontService> = leads_here.iter().filter(is_own).collect();
    let with_address: Vec<&FrontService> =
        own.iter().copied().filter(|front| front.address.is_some()).collect();
    match (own.as_slice(), with_address.as_slice()) {
        ([front], _) | (_, [front]) => Fronts { front: Some((*front).clone()), unclear: vec![] },
        ([], _) => {
            Fronts { front: None, unclear: leads_here.iter().map(|one| one.name.clone()).collect() }
        }
        // Whichever it is, requests from outside reach the workload by the first one.
        ([first, ..], _) => Fronts {
            front: Some((*first).clone()),
            unclear: own.iter().map(|one| one.name.clone()).collect(),
        },
    }
}

/// A version that Argo has added to a selector is left out: it is in no template.
fn leads_to(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    let mut asked = selector.iter().filter(|(key, _)| *key != VERSION_LABEL);
    asked.all(|(key, value)| labels.get(key) == Some(value))
}

/// A Service, if it leads to pods with these labels.
fn front_service(
    service: &Service,
    labels: &BTreeMap<String, String>,
    pod: &PodSpec,
) -> Option<FrontService> {
    // A Service that a run has added before an edge proxy goes with that run.
    if service.labels().contains_key(RUN) {
        return None;
    }
    let ports = service.spec.as_ref()?.ports.as_ref()?;
    let main = main_port(ports)?;
    let front = front_at(service, main.port, labels, pod)?;
    let unclear_ports = (!main.is_clear).then(|| shown(ports));
    Some(FrontService { unclear_ports, ..front })
}

/// A Service at one of its ports, if it leads to pods with these labels.
fn front_at(
    service: &Service,
    port: &ServicePort,
    labels: &BTreeMap<String, String>,
    pod: &PodSpec,
) -> Option<FrontService> {
    let spec = service.spec.as_ref()?;
    // Without a selector it leads where somebody else has it lead, and not to all pods.
    let selector = spec.selector.clone().filter(|selector| !selector.is_empty())?;
    if !leads_to(&selector, labels) {
        return None;
    }
    let number = u16::try_from(port.port).ok()?;
    let target = match &port.target_port {
        Some(IntOrString::Int(target)) => u16::try_from(*target).ok(),
        Some(IntOrString::String(name)) => container_port(pod, name),
        None => None,
    };
    Some(FrontService {
        name: service.name_any(),
        address: spec.cluster_ip.clone().filter(|address| address != "None" && !address.is_empty()),
        port: number,
        // Unless it says otherwise, it leads to the same number, as Kubernetes has it.
        target: target.unwrap_or(number),
        selector,
        unclear_ports: None,
    })
}

/// Why a Service that is named is not the front of a workload.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum NotAFront {
    #[error("the Service {service} does not lead to the pods of {workload}")]
    LeadsElsewhere { service: String, workload: String },
    #[error("the Service {service} has no TCP port `{port}`; it has {ports}")]
    NoPort { service: String, port: String, ports: String },
}

/// The front by a Service that is named, at the port that is named, or else at its main one.
pub(super) fn named(
    service: &Service,
    port: Option<&str>,
    workload: &str,
    labels: &BTreeMap<String, String>,
    pod: &PodSpec,
) -> Result<FrontService, NotAFront> {
    let name = service.name_any();
    let ports = service.spec.as_ref().and_then(|spec| spec.ports.as_deref()).unwrap_or_default();
    let is_wanted = |one: &&ServicePort, wanted: &str| {
        one.name.as_deref() == Some(wanted) || one.port.to_string() == wanted
    };
    let found = match port {
        Some(wanted) => ports.iter().filter(is_tcp).find(|one| is_wanted(one, wanted)),
        None => main_port(ports).map(|main| main.port),
    };
    let no_port = || NotAFront::NoPort {
        service: name.clone(),
        port: port.unwrap_or("http").to_owned(),
        ports: shown(ports),
    };
    let found = found.ok_or_else(no_port)?;
    front_at(service, found, labels, pod)
        .ok_or_else(|| NotAFront::LeadsElsewhere { service: name, workload: workload.to_owned() })
}

/// Ports, as they may be named.
fn shown(ports: &[ServicePort]) -> String {
    let each = ports.iter().map(|port| match &port.name {
        Some(name) => format!("{name} ({})", port.port),
        None => port.port.to_string(),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn is_tcp(port: &&ServicePort) -> bool {
    port.protocol.as_deref().unwrap_or("TCP") == "TCP"
}

/// The port of a Service at which requests are sent to it.
struct MainPort<'a> {
    port: &'a ServicePort,
    /// Whether no other one could be meant.
    is_clear: bool,
}

/// The port that says that it is for HTTP, the only one, or the only one besides those for metrics:
/// many charts call these `http-metrics`.
fn main_port(ports: &[ServicePort]) -> Option<MainPort<'_>> {
    let named = |port: &ServicePort, is: fn(&str) -> bool| port.name.as_deref().is_some_and(is);
    let says_http = |port: &&ServicePort| {
        port.app_protocol.as_deref() == Some("http") || named(port, |name| name == "http")
    };
    let tcp: Vec<&ServicePort> = ports.iter().filter(is_tcp).collect();
    if let Some(port) = tcp.iter().copied().find(|port| says_http(port)) {
        return Some(MainPort { port, is_clear: true });
    }
    let own: Vec<&ServicePort> =
        tcp.iter().copied().filter(|port| !named(port, |name| name.contains("metrics"))).collect();
    match (own.as_slice(), tcp.as_slice()) {
        ([port], _) | (_, [port]) => Some(MainPort { port, is_clear: true }),
        (_, [first, ..]) => Some(MainPort { port: first, is_clear: false }),
        (_, []) => None,
    }
}

/// The number of a port that a container has by this name. Sidecars that start before the others
/// are among the init containers.
pub(crate) fn container_port(pod: &PodSpec, name: &str) -> Option<u16> {
    let sidecar = |one: &&Container| one.restart_policy.as_deref() == Some("Always");
    let sidecars = pod.init_containers.iter().flatten().filter(sidecar);
    let ports = pod.containers.iter().chain(sidecars).flat_map(|one| one.ports.iter().flatten());
    let named = ports.into_iter().find(|port| port.name.as_deref() == Some(name))?;
    u16::try_from(named.container_port).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn service(name: &str, selector: &Value, address: &str, ports: &Value) -> Service {
        serde_json::from_value(json!({"metadata": {"name": name},
            "spec": {"selector": selector, "clusterIP": address, "ports": ports}}))
        .unwrap()
    }

    fn labels(name: &str) -> BTreeMap<String, String> {
        [("app", name), ("part-of", "parcel")].map(|(k, v)| (k.to_owned(), v.to_owned())).into()
    }

    fn chosen(services: &[Service]) -> (Option<String>, Vec<String>) {
        let pod = PodSpec::default();
        let fronts = choose(services, &["tracker"], &labels("tracker"), &pod, &[&labels("web")]);
        (fronts.front.map(|front| front.name), fronts.unclear)
    }

    #[test]
    fn the_front_leads_to_just_this_workload_or_has_its_name() {
        let ports = json!([{"port": 80}]);
        let (own, all) = (json!({"app": "tracker"}), json!({"part-of": "parcel"}));
        let over_all = service("all", &all, "10.0.0.1", &ports);
        let calls = service("calls", &own, "10.0.0.2", &ports);
        let headless = service("peers", &own, "None", &ports);
        let second = service("second", &own, "10.0.0.3", &ports);
        let named = service("tracker", &all, "10.0.0.4", &ports);
        let name = |name: &str| (Some(name.to_owned()), vec![]);
        assert_eq!(chosen(&[over_all.clone(), headless.clone(), calls.clone()]), name("calls"));
        assert_eq!(chosen(&[over_all.clone(), headless]), name("peers"));
        assert_eq!(chosen(&[calls.clone(), second.clone(), named]), name("tracker"));
        assert_eq!(chosen(std::slice::from_ref(&over_all)), (None, vec!["all".to_owned()]));
        let unclear = vec!["calls".to_owned(), "second".to_owned()];
        assert_eq!(chosen(&[calls, second]), (Some("calls".to_owned()), unclear));
    }

    #[test]
    fn a_port_among_several_is_not_guessed() {
        let main = |ports: &Value| {
            let ports: Vec<ServicePort> = serde_json::from_value(ports.clone()).unwrap();
            main_port(&ports).map(|main| (main.port.port, main.is_clear))
        };
        let (web, grpc) = (json!({"name": "web", "port": 80}), json!({"name": "grpc", "port": 90}));
        let metrics = json!({"name": "http-metrics", "port": 9102});
        assert_eq!(main(&json!([metrics, web])), Some((80, true)));
        assert_eq!(main(&json!([metrics])), Some((9102, true)));
        assert_eq!(main(&json!([grpc, web])), Some((90, false)));
        let said = json!({"name": "web", "port": 80, "appProtocol": "http"});
        assert_eq!(main(&json!([grpc, said])), Some((80, true)));
        assert_eq!(main(&json!([{"port": 53, "protocol": "UDP"}])), None);
    }

    #[test]
    fn requests_go_to_the_port_for_http_and_to_the_container_that_has_its_name() {
        let ports = json!([
            {"name": "dns", "port": 53, "protocol": "UDP"},
            {"name": "metrics", "port": 9102, "targetPort": 9102},
            {"name": "http", "port": 80, "targetPort": "web"},
        ]);
        let service = service("tracker", &json!({"app": "tracker"}), "10.0.0.1", &ports);
        let pod: PodSpec = serde_json::from_value(json!({
            "initContainers": [{"name": "mesh", "restartPolicy": "Always",
                "ports": [{"name": "web", "containerPort": 15001}]}],
            "containers": [
                {"name": "shipper", "ports": [{"name": "metrics", "containerPort": 9102}]},
                {"name": "tracker", "ports": [{"name": "web", "containerPort": 8081}]},
            ],
        }))
        .unwrap();
        let front = front_service(&service, &labels("tracker"), &pod).unwrap();
        assert_eq!((front.port, front.target), (80, 8081));
        assert_eq!(container_port(&pod, "none"), None);

        let at = |port: Option<&str>| {
            named(&service, port, "Deployment tracker", &labels("tracker"), &pod)
                .map(|front| (front.port, front.target))
        };
        assert_eq!(at(None).unwrap(), (80, 8081));
        assert_eq!(at(Some("metrics")).unwrap(), (9102, 9102));
        assert_eq!(at(Some("80")).unwrap(), (80, 8081));
        let why = at(Some("dns")).unwrap_err().to_string();
        assert!(why.contains("no TCP port `dns`") && why.contains("metrics (9102)"), "{why}");
        let other = named(&service, None, "Deployment web", &labels("web"), &pod).unwrap_err();
        assert!(other.to_string().contains("does not lead to the pods of Deployment web"));
    }
}
