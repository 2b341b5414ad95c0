//! The objects of an edge proxy. Pure.

use serde_json::{Value, json};

use super::callee_service::CalleeService;
use crate::changes::record::RunLease;
use crate::client::labels::{EDGE_PROXY, EXPIRES, RUN};
use crate::client::security_context;

/// The file with the token by which an edge proxy knows its controller, and its folder.
const TOKEN: &str = "token";
const FOLDER: &str = "/run/brunt";

/// The longest name of a Service, in bytes: it is a DNS label.
const LONGEST: usize = 63;

/// Its termination grace period, in seconds: longer than connections are drained for.
const GRACE: u32 = 20;

/// The name of the objects that are added for one callee, of its Service's name and the run's id.
pub(super) fn name(front: &str, lease: &RunLease) -> String {
    let room = LONGEST - "brunt--".len() - lease.run.len();
    format!("brunt-{}-{}", front[..front.len().min(room)].trim_end_matches('-'), lease.run)
}

/// Whose objects are made: their name, the run, and what owns them.
#[derive(Debug, Clone, Copy)]
pub(super) struct ObjectMeta<'a> {
    pub(super) name: &'a str,
    pub(super) lease: &'a RunLease,
    pub(super) owner: Option<&'a Value>,
}

/// With what an edge proxy is started.
pub(super) struct EdgeProxyArgs<'a> {
    pub(super) callee: &'a str,
    pub(super) image: &'a str,
    /// The address of the Service that leads to the callee.
    pub(super) kept: &'a str,
}

/// A Service that leads where the callee's did.
pub(super) fn kept_service(of: ObjectMeta<'_>, service: &CalleeService) -> Value {
    json!({"metadata": meta(of), "spec": service.kept_spec()})
}

/// The token, which only the edge proxy's pod reads. It is owned by the kept Service, so that it
/// goes with it and nobody needs the right to delete secrets.
pub(super) fn secret(of: ObjectMeta<'_>, token: &str) -> Value {
    json!({"metadata": meta(of), "immutable": true, "stringData": {TOKEN: token}})
}

/// The edge proxy's pod.
pub(super) fn pod(of: ObjectMeta<'_>, service: &CalleeService, by: &EdgeProxyArgs<'_>) -> Value {
    let mut meta = meta(of);
    meta["labels"][EDGE_PROXY] = json!(of.name);
    let mut spec = json!({
        // It does not call the API server.
        "automountServiceAccountToken": false,
        // One that crashes passes requests on again, by the Service that leads to the
        // callee, until its controller has sent it a routing table.
        "restartPolicy": "Always",
        "enableServiceLinks": false,
        "terminationGracePeriodSeconds": GRACE,
        "securityContext": security_context::of_pod(),
        "containers": [container(service, by)],
        "volumes": [{"name": TOKEN, "secret": {"secretName": of.name}}],
    });
    if service.has_privileged_port() {
        // One of the settings that every pod security standard allows.
        spec["securityContext"]["sysctls"] =
            json!([{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]);
    }
    if let Some(name) = &service.pod_name {
        // By these two, the name of the callee's only pod leads to the edge proxy.
        spec["hostname"] = json!(name);
        spec["subdomain"] = json!(service.front);
    }
    json!({"metadata": meta, "spec": spec})
}

fn container(service: &CalleeService, by: &EdgeProxyArgs<'_>) -> Value {
    let control = service.control_port();
    let mut ports = service.container_ports();
    ports.push(json!({"containerPort": control}));
    json!({
        "name": "edge-proxy",
        "image": by.image,
        "imagePullPolicy": "IfNotPresent",
        "args": args(service, by),
        "ports": ports,
        "readinessProbe": {"tcpSocket": {"port": control}, "periodSeconds": 1},
        "resources": {
            "requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"},
        },
        "volumeMounts": [{"name": TOKEN, "mountPath": FOLDER, "readOnly": true}],
        "securityContext": security_context::of_container(),
    })
}

fn args(service: &CalleeService, by: &EdgeProxyArgs<'_>) -> Vec<String> {
    let mut args = vec!["edge-proxy".to_owned(), by.callee.to_owned()];
    let kept = if by.kept.contains(':') { format!("[{}]", by.kept) } else { by.kept.to_owned() };
    let mut listens = Vec::new();
    for port in &service.ports {
        // Ports of the Service that lead to the same port of the pods share a listener.
        if !listens.contains(&port.listen) {
            listens.push(port.listen);
            args.push(format!("--serve={}={kept}:{}", port.listen, port.number()));
        }
    }
    args.push(format!("--control={}", service.control_port()));
    args.push(format!("--token-file={FOLDER}/{TOKEN}"));
    args
}

/// The label that tells an edge proxy's pod from others. It is the word of earlier versions: the
/// NetworkPolicies of users' callees select it, as docs/kubernetes.md asks of them, and would shut
/// an edge proxy of another name out.
const APP: &str = "brunt-stand-in";

fn meta(of: ObjectMeta<'_>) -> Value {
    json!({
        "name": of.name,
        "labels": {RUN: of.lease.run, "app.kubernetes.io/name": APP},
        "annotations": {EXPIRES: of.lease.expires.to_string()},
        "ownerReferences": of.owner.into_iter().collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_edge_proxies_are_short_enough_for_a_service() {
        let expires = "2026-01-01T00:00:00Z".parse().unwrap();
        let lease = RunLease { run: "0a1b2c3d".to_owned(), expires };
        assert_eq!(name("payment", &lease), "brunt-payment-0a1b2c3d");
        assert_eq!(name(&"x".repeat(63), &lease).len(), LONGEST);
    }
}
