//! The objects of an edge proxy, and where the callee's Service leads meanwhile. Pure.

use serde_json::{Value, json};
use thiserror::Error;

use crate::changes::record::RunLease;
use crate::client::labels::{EDGE_PROXY, EXPIRES, RUN};
use crate::client::security_context;

/// The variable with the token by which an edge proxy knows its controller.
pub(super) const TOKEN: &str = "TOKEN";

/// The longest name of a Service, in bytes: it is a DNS label.
const LONGEST: usize = 63;

/// The lowest port on which a process without privileges may listen.
const UNPRIVILEGED: u16 = 1024;

/// Where an edge proxy listens if the callee's own port is privileged.
const UNPRIVILEGED_PORT: u16 = 8080;

/// The port for control connections, unless requests come to that.
const CONTROL_PORT: u16 = 9117;

/// Its termination grace period, in seconds: longer than connections are drained for.
const GRACE: u32 = 20;

/// The name of the objects that are added for one callee, of its Service's name and the run's id.
pub(super) fn name(front: &str, lease: &RunLease) -> String {
    let room = LONGEST - "brunt--".len() - lease.run.len();
    format!("brunt-{}-{}", front[..front.len().min(room)].trim_end_matches('-'), lease.run)
}

/// Why no edge proxy can take a Service's place.
#[derive(Debug, Error)]
pub(super) enum Unproxyable {
    #[error("Service {front} has no selector, so what it leads to is somebody else's to decide")]
    NoSelector { front: String },
    #[error(
        "Service {front} has {ports} ports, and an edge proxy serves one: the others would not be \
         served"
    )]
    Ports { front: String, ports: usize },
    #[error(
        "Service {front} leads to pods on the caller's own node alone \
         (internalTrafficPolicy: Local)"
    )]
    LocalTraffic { front: String },
    #[error("Service {front} has a port that is none")]
    NoPort { front: String },
}

/// A callee's Service: what selects its pods, and at which port.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CalleeService {
    pub(super) front: String,
    selector: Value,
    /// The Service's only port.
    port: Value,
    /// Where the callee's pods listen.
    pub(super) target_port: u16,
}

impl CalleeService {
    /// Reads a Service; `container_port` stands for a target port that is a name.
    ///
    /// # Errors
    /// When no edge proxy can take its place.
    pub(super) fn of(service: &Value, container_port: Option<u16>) -> Result<Self, Unproxyable> {
        let front = service["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let spec = &service["spec"];
        let selector = spec["selector"].clone();
        if selector.as_object().is_none_or(serde_json::Map::is_empty) {
            return Err(Unproxyable::NoSelector { front });
        }
        let ports = spec["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [port] = ports else {
            return Err(Unproxyable::Ports { front, ports: ports.len() });
        };
        if spec["internalTrafficPolicy"] == "Local" {
            return Err(Unproxyable::LocalTraffic { front });
        }
        let number = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
        let target_port =
            number(&port["targetPort"]).or(container_port).or_else(|| number(&port["port"]));
        let Some(target_port) = target_port else {
            return Err(Unproxyable::NoPort { front });
        };
        Ok(Self { front, selector, port: port.clone(), target_port })
    }

    /// Where the edge proxy listens for requests.
    pub(super) fn request_port(&self) -> u16 {
        if self.target_port < UNPRIVILEGED { UNPRIVILEGED_PORT } else { self.target_port }
    }

    /// Where the edge proxy listens for control connections.
    pub(super) fn control_port(&self) -> u16 {
        if self.request_port() == CONTROL_PORT { CONTROL_PORT + 1 } else { CONTROL_PORT }
    }

    /// What changes in the callee's Service while an edge proxy is in its place.
    pub(super) fn values(&self, name: &str) -> Vec<(String, Option<Value>)> {
        let mut values = vec![("/spec/selector".to_owned(), Some(json!({EDGE_PROXY: name})))];
        // The Service resolves a named port in the edge proxy's own pod, but a number stays as it is.
        if self.port["targetPort"].is_number() && self.request_port() != self.target_port {
            values.push(("/spec/ports/0/targetPort".to_owned(), Some(json!(self.request_port()))));
        }
        values
    }

    /// A Service that leads where the callee's did.
    pub(super) fn kept(&self, name: &str, lease: &RunLease, owner: Option<&Value>) -> Value {
        let mut port = self.port.clone();
        if let Some(port) = port.as_object_mut() {
            // A node port belongs to one Service of the cluster, and the callee's keeps it.
            port.remove("nodePort");
        }
        json!({
            "metadata": meta(name, lease, owner),
            "spec": {"selector": self.selector, "ports": [port]},
        })
    }

    /// The edge proxy's pod.
    pub(super) fn pod(
        &self,
        name: &str,
        lease: &RunLease,
        owner: Option<&Value>,
        by: &EdgeProxyArgs<'_>,
    ) -> Value {
        let mut meta = meta(name, lease, owner);
        meta["labels"][EDGE_PROXY] = json!(name);
        json!({
            "metadata": meta,
            "spec": {
                // It does not call the API server.
                "automountServiceAccountToken": false,
                // One that crashes passes requests on again, by the Service that leads to the
                // callee, until its controller has sent it a routing table.
                "restartPolicy": "Always",
                "enableServiceLinks": false,
                "terminationGracePeriodSeconds": GRACE,
                "securityContext": security_context::of_pod(),
                "containers": [self.container(by)],
            },
        })
    }

    fn container(&self, by: &EdgeProxyArgs<'_>) -> Value {
        let (requests, control) = (self.request_port(), self.control_port());
        let mut port = json!({"containerPort": requests});
        if let Some(named) = self.port["targetPort"].as_str() {
            port["name"] = json!(named);
        }
        json!({
            "name": "stand-in",
            "image": by.image,
            "imagePullPolicy": "IfNotPresent",
            // The names of the command and of its options are those that images of older versions
            // know, too.
            "args": ["stand-in", by.callee, "--port", requests.to_string(),
                "--control", control.to_string(), "--kept", by.kept],
            "env": [{"name": TOKEN, "value": by.token}],
            "ports": [port, {"containerPort": control}],
            "readinessProbe": {"tcpSocket": {"port": control}, "periodSeconds": 1},
            "resources": {
                "requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"},
            },
            "securityContext": security_context::of_container(),
        })
    }
}

/// With what an edge proxy is started.
pub(super) struct EdgeProxyArgs<'a> {
    pub(super) callee: &'a str,
    pub(super) image: &'a str,
    /// Where the Service answers that leads to the callee, as `host:port`.
    pub(super) kept: &'a str,
    pub(super) token: &'a str,
}

fn meta(name: &str, lease: &RunLease, owner: Option<&Value>) -> Value {
    json!({
        "name": name,
        "labels": {RUN: lease.run, "app.kubernetes.io/name": "brunt-stand-in"},
        "annotations": {EXPIRES: lease.expires.to_string()},
        "ownerReferences": owner.into_iter().collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests;
