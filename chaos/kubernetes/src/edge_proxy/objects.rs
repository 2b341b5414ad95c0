//! What is added for a stand-in, and where the callee's Service leads meanwhile. Pure.

use serde_json::{Value, json};

use crate::changes::record::{RUN, RunLease};
use crate::changes::revert::EXPIRES;

/// The label by which a callee's Service finds its stand-in.
pub(super) const STAND_IN: &str = "brunt.dev/stand-in";

/// The variable that tells a stand-in whom it hears.
pub(super) const TOKEN: &str = "TOKEN";

/// The longest name of a Service.
const LONGEST: usize = 63;

/// From here on any process may listen.
const UNPRIVILEGED: u16 = 1024;

/// Where a stand-in listens if the callee's own port is privileged.
const INSTEAD: u16 = 8080;

/// The port over which a stand-in is told, unless it serves on that.
const CONTROL: u16 = 9117;

/// After its run's time, in seconds, until the kubelet has ended whatever still stands.
const GRACE: u32 = 20;

/// The name of all that is added for one callee: its Service's, the run's, and ours.
pub(super) fn name(front: &str, lease: &RunLease) -> String {
    let room = LONGEST - "brunt--".len() - lease.run.len();
    format!("brunt-{}-{}", front[..front.len().min(room)].trim_end_matches('-'), lease.run)
}

/// A callee's Service, as far as it matters here.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CalleeService {
    pub(super) front: String,
    selector: Value,
    /// The Service's only port.
    port: Value,
    /// Where the callee's pods listen.
    pub(super) leads_to: u16,
}

impl CalleeService {
    /// The error says why nothing can stand in its place.
    pub(super) fn of(service: &Value, leads_to: Option<u16>) -> Result<Self, String> {
        let front = service["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let spec = &service["spec"];
        let selector = spec["selector"].clone();
        if selector.as_object().is_none_or(serde_json::Map::is_empty) {
            return Err(format!(
                "Service {front} has no selector, so what it leads to is somebody else's to decide"
            ));
        }
        let ports = spec["ports"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [port] = ports else {
            return Err(format!(
                "Service {front} has {} ports, and a stand-in serves one: the others would not be served",
                ports.len()
            ));
        };
        if spec["internalTrafficPolicy"] == "Local" {
            return Err(format!(
                "Service {front} leads to pods on the caller's own node alone (internalTrafficPolicy: Local)"
            ));
        }
        let number = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
        let target = number(&port["targetPort"]);
        let leads_to = target.or(leads_to).or_else(|| number(&port["port"]));
        let leads_to =
            leads_to.ok_or_else(|| format!("Service {front} has a port that is none"))?;
        Ok(Self { front, selector, port: port.clone(), leads_to })
    }

    /// Where the stand-in listens.
    pub(super) fn serves_at(&self) -> u16 {
        if self.leads_to < UNPRIVILEGED { INSTEAD } else { self.leads_to }
    }

    /// Where the stand-in is told what to do.
    pub(super) fn told_at(&self) -> u16 {
        if self.serves_at() == CONTROL { CONTROL + 1 } else { CONTROL }
    }

    /// What is otherwise in the callee's Service while something stands in.
    pub(super) fn values(&self, name: &str) -> Vec<(String, Option<Value>)> {
        let mut values = vec![("/spec/selector".to_owned(), Some(json!({STAND_IN: name})))];
        // A name finds the stand-in's own port; a number does not change by itself.
        if self.port["targetPort"].is_number() && self.serves_at() != self.leads_to {
            values.push(("/spec/ports/0/targetPort".to_owned(), Some(json!(self.serves_at()))));
        }
        values
    }

    /// A Service that leads where the callee's did.
    pub(super) fn kept(&self, name: &str, lease: &RunLease, owner: Option<&Value>) -> Value {
        let mut port = self.port.clone();
        if let Some(port) = port.as_object_mut() {
            port.remove("nodePort");
        }
        json!({
            "metadata": meta(name, lease, owner),
            "spec": {"selector": self.selector, "ports": [port]},
        })
    }

    /// The stand-in. `kept` is where the Service answers that leads to the callee.
    pub(super) fn pod(
        &self,
        name: &str,
        lease: &RunLease,
        owner: Option<&Value>,
        by: &EdgeProxyArgs<'_>,
    ) -> Value {
        let mut meta = meta(name, lease, owner);
        meta["labels"][STAND_IN] = json!(name);
        json!({
            "metadata": meta,
            "spec": {
                "automountServiceAccountToken": false,
                "restartPolicy": "Always",
                "enableServiceLinks": false,
                "terminationGracePeriodSeconds": GRACE,
                "securityContext": {
                    "runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [self.container(by)],
            },
        })
    }

    fn container(&self, by: &EdgeProxyArgs<'_>) -> Value {
        let (serves, told) = (self.serves_at(), self.told_at());
        let mut port = json!({"containerPort": serves});
        if let Some(named) = self.port["targetPort"].as_str() {
            port["name"] = json!(named);
        }
        json!({
            "name": "stand-in",
            "image": by.image,
            "imagePullPolicy": "IfNotPresent",
            "args": ["stand-in", by.callee, "--port", serves.to_string(), "--control", told.to_string(), "--kept", by.kept],
            "env": [{"name": TOKEN, "value": by.token}],
            "ports": [port, {"containerPort": told}],
            "readinessProbe": {"tcpSocket": {"port": told}, "periodSeconds": 1},
            "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]},
            },
        })
    }
}

/// With what a stand-in starts.
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
mod tests {
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
    fn names_are_short_enough_for_a_service() {
        assert_eq!(name("payment", &lease()), "brunt-payment-0a1b2c3d");
        assert_eq!(name(&"x".repeat(63), &lease()).len(), LONGEST);
    }

    #[test]
    fn a_named_port_is_the_stand_ins_own() {
        let place = CalleeService::of(&service(&json!("http")), Some(8080)).unwrap();
        assert_eq!(
            place.values("x"),
            [("/spec/selector".to_owned(), Some(json!({STAND_IN: "x"})))]
        );
        let by =
            EdgeProxyArgs { callee: "payment", image: "brunt", kept: "10.0.0.1:80", token: "t" };
        let pod = place.pod("x", &lease(), None, &by);
        assert_eq!(
            pod["spec"]["containers"][0]["ports"][0],
            json!({"name": "http", "containerPort": 8080})
        );
        let kept = place.kept("x", &lease(), None);
        assert_eq!(
            kept["spec"]["ports"],
            json!([{"name": "http", "port": 80, "targetPort": "http"}])
        );
        assert_eq!(kept["spec"]["selector"], json!({"app": "payment"}));
    }

    #[test]
    fn a_privileged_port_is_led_to_another_one() {
        let place = CalleeService::of(&service(&json!(80)), None).unwrap();
        assert_eq!((place.leads_to, place.serves_at()), (80, 8080));
        let target = ("/spec/ports/0/targetPort".to_owned(), Some(json!(8080)));
        assert!(place.values("x").contains(&target));
    }

    #[test]
    fn what_nothing_can_stand_before_says_why() {
        let mut bare = service(&json!(8080));
        bare["spec"]["selector"] = Value::Null;
        assert!(CalleeService::of(&bare, None).unwrap_err().contains("no selector"));
        let mut two = service(&json!(8080));
        two["spec"]["ports"] = json!([{"port": 80}, {"port": 81}]);
        assert!(CalleeService::of(&two, None).unwrap_err().contains("2 ports"));
        let mut local = service(&json!(8080));
        local["spec"]["internalTrafficPolicy"] = json!("Local");
        assert!(CalleeService::of(&local, None).is_err());
    }
}
