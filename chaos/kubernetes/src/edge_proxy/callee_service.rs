//! A callee's Service, as an edge proxy in its place must serve it. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use serde_json::{Value, json};
use thiserror::Error;

use crate::client::argo_labels::{MANAGED_BY, VERSION_LABEL};
use crate::client::labels::EDGE_PROXY;
use crate::observe::front::container_port;

/// The lowest port on which a process without privileges may listen.
const UNPRIVILEGED: u16 = 1024;

/// What is added to a privileged port: 80 becomes 8080, and 443 becomes 8443.
const UNPRIVILEGED_OFFSET: u16 = 8000;

/// The port for control connections, unless requests come to that.
const CONTROL_PORT: u16 = 9117;

/// Why no edge proxy can take a Service's place.
#[derive(Debug, Error)]
pub(super) enum Unproxyable {
    #[error(
        "Service {front} is an ExternalName: callers are given the name {name} instead of an \
         address, so nothing can stand in its place"
    )]
    ExternalName { front: String, name: String },
    #[error("Service {front} has no selector, so what it leads to is somebody else's to decide")]
    NoSelector { front: String },
    #[error("Service {front} has no ports")]
    NoPorts { front: String },
    #[error(
        "Service {front} is led by an Argo Rollout from version to version, which would lead it \
         away from an edge proxy again"
    )]
    LedByRollout { front: String },
    #[error(
        "Service {front} has the {protocol} port {port}, and an edge proxy serves TCP: that port \
         would not be served"
    )]
    Protocol { front: String, port: String, protocol: String },
    #[error(
        "Service {front} leads to pods on the caller's own node alone \
         (internalTrafficPolicy: Local)"
    )]
    LocalTraffic { front: String },
    #[error(
        "Service {front} sends each client to the same pod again (sessionAffinity: ClientIP), \
         which an edge proxy does not"
    )]
    Affinity { front: String },
    #[error(
        "Service {front} is headless and gives each of the {replicas} pods of {workload} a name \
         of its own, by which they may be called; one edge proxy cannot be all of them"
    )]
    PodNames { front: String, workload: String, replicas: u32 },
}

/// The workload that a Service leads to, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(super) struct CalleeWorkload<'a> {
    /// Kind and name.
    pub(super) shown: &'a str,
    /// The name of a StatefulSet, whose pods have names of their own by a headless Service.
    pub(super) stateful_set: Option<&'a str>,
    pub(super) replicas: u32,
    pub(super) pod: &'a PodSpec,
}

/// A port of the Service, and where the edge proxy listens for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CalleePort {
    /// As the Service has it.
    spec: Value,
    pub(super) listen: u16,
}

impl CalleePort {
    /// Its name among the Service's ports; only a Service's single port may have none.
    pub(super) fn name(&self) -> Option<&str> {
        self.spec["name"].as_str().filter(|name| !name.is_empty())
    }

    /// The port at which the Service is called.
    pub(super) fn number(&self) -> u16 {
        number(&self.spec["port"]).unwrap_or_default()
    }

    fn target(&self) -> &Value {
        &self.spec["targetPort"]
    }
}

/// A callee's Service: what selects its pods, and at which ports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CalleeService {
    pub(super) front: String,
    spec: Value,
    pub(super) ports: Vec<CalleePort>,
    /// The name that the callee's only pod has by a headless Service.
    pub(super) pod_name: Option<String>,
}

impl CalleeService {
    /// Reads a Service.
    ///
    /// # Errors
    /// When no edge proxy can take its place.
    pub(super) fn of(service: &Value, callee: CalleeWorkload<'_>) -> Result<Self, Unproxyable> {
        let front = service["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let spec = service["spec"].clone();
        check(&front, &spec)?;
        let annotations = &service["metadata"]["annotations"];
        if !spec["selector"][VERSION_LABEL].is_null() || !annotations[MANAGED_BY].is_null() {
            return Err(Unproxyable::LedByRollout { front });
        }
        let is_headless = spec["clusterIP"] == "None";
        let pod_name = match callee.stateful_set.filter(|_| is_headless) {
            Some(_) if callee.replicas > 1 => {
                let (workload, replicas) = (callee.shown.to_owned(), callee.replicas);
                return Err(Unproxyable::PodNames { front, workload, replicas });
            }
            Some(name) => Some(format!("{name}-0")),
            None => None,
        };
        let ports = spec["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ports = listening(ports, callee.pod, is_headless);
        Ok(Self { front, spec, ports, pod_name })
    }

    /// Where the edge proxy listens for control connections.
    pub(super) fn control_port(&self) -> u16 {
        let is_free = |port: &u16| self.ports.iter().all(|one| one.listen != *port);
        (CONTROL_PORT..).find(is_free).unwrap_or(CONTROL_PORT)
    }

    /// Whether the edge proxy listens at a port that needs privileges, as callers of a headless
    /// Service come to the pods' own ports.
    pub(super) fn has_privileged_port(&self) -> bool {
        self.ports.iter().any(|port| port.listen < UNPRIVILEGED)
    }

    /// How long every caller may take to follow a change of endpoints. No node says when it has;
    /// kube-proxy gathers changes for up to a second unless it is configured otherwise. Callers of
    /// a headless Service ask a name server instead, whose answers are valid for 30 s at most where
    /// clusters are set up as usual.
    pub(super) fn sync_delay(&self) -> Duration {
        Duration::from_secs(if self.spec["clusterIP"] == "None" { 31 } else { 2 })
    }

    /// What changes in the callee's Service while an edge proxy is in its place.
    pub(super) fn values(&self, name: &str) -> Vec<(String, Option<Value>)> {
        let mut values = vec![("/spec/selector".to_owned(), Some(json!({EDGE_PROXY: name})))];
        for (index, port) in self.ports.iter().enumerate() {
            // The Service resolves a named port in the edge proxy's own pod; a number stays as it
            // is.
            if number(port.target()).is_some_and(|target| target != port.listen) {
                let path = format!("/spec/ports/{index}/targetPort");
                values.push((path, Some(json!(port.listen))));
            }
        }
        values
    }

    /// The spec of a Service that leads where the callee's did. It has an address also where the
    /// callee's has none.
    pub(super) fn kept_spec(&self) -> Value {
        let mut spec = json!({"selector": self.spec["selector"]});
        let kept = ["ipFamilies", "ipFamilyPolicy", "publishNotReadyAddresses"];
        for field in kept.iter().filter(|field| !self.spec[**field].is_null()) {
            spec[*field] = self.spec[*field].clone();
        }
        let mut ports: Vec<Value> = self.ports.iter().map(|port| port.spec.clone()).collect();
        for port in ports.iter_mut().filter_map(Value::as_object_mut) {
            // A node port belongs to one Service of the cluster, and the callee's keeps it.
            port.remove("nodePort");
        }
        spec["ports"] = json!(ports);
        spec
    }

    /// The ports of the edge proxy's container: each number once, and each name that
    /// the Service looks for.
    pub(super) fn container_ports(&self) -> Vec<Value> {
        let mut ports = Vec::new();
        for port in &self.ports {
            let mut container = json!({"containerPort": port.listen});
            if let Some(name) = port.target().as_str() {
                container["name"] = json!(name);
            }
            if !ports.contains(&container) {
                ports.push(container);
            }
        }
        ports
    }
}

fn check(front: &str, spec: &Value) -> Result<(), Unproxyable> {
    let front = || front.to_owned();
    if spec["type"] == "ExternalName" {
        let name = spec["externalName"].as_str().unwrap_or_default().to_owned();
        return Err(Unproxyable::ExternalName { front: front(), name });
    }
    if spec["selector"].as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(Unproxyable::NoSelector { front: front() });
    }
    let ports = spec["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
    if ports.is_empty() {
        return Err(Unproxyable::NoPorts { front: front() });
    }
    for port in ports {
        let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
        if protocol != "TCP" {
            let port = port["port"].to_string();
            return Err(Unproxyable::Protocol { front: front(), port, protocol });
        }
    }
    if spec["internalTrafficPolicy"] == "Local" {
        return Err(Unproxyable::LocalTraffic { front: front() });
    }
    if spec["sessionAffinity"] == "ClientIP" {
        return Err(Unproxyable::Affinity { front: front() });
    }
    Ok(())
}

/// Where to listen for each port: where the callee's pods do, as callers of a headless Service come
/// there; otherwise at a port that needs no privileges. Ports with the same target share one.
fn listening(ports: &[Value], pod: &PodSpec, is_headless: bool) -> Vec<CalleePort> {
    let target = |port: &Value| {
        let target = &port["targetPort"];
        let named = target.as_str().and_then(|name| container_port(pod, name));
        number(target).or(named).or_else(|| number(&port["port"])).unwrap_or_default()
    };
    let is_kept = |target: u16| is_headless || target >= UNPRIVILEGED;
    let mut taken: BTreeSet<u16> =
        ports.iter().map(target).filter(|target| is_kept(*target)).collect();
    let mut listening: Vec<CalleePort> = Vec::new();
    for spec in ports {
        let same = |one: &&CalleePort| one.spec["targetPort"] == spec["targetPort"];
        let listen = match listening.iter().find(same) {
            Some(same) => same.listen,
            None if is_kept(target(spec)) => target(spec),
            None => {
                let mut free =
                    (target(spec) + UNPRIVILEGED_OFFSET..).filter(|p| !taken.contains(p));
                free.next().unwrap_or(UNPRIVILEGED)
            }
        };
        taken.insert(listen);
        listening.push(CalleePort { spec: spec.clone(), listen });
    }
    listening
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| u16::try_from(number).ok())
}

#[cfg(test)]
mod tests;
