//! The addresses and ports of one EndpointSlice: where a Service leads, with target ports resolved
//! for each pod. Pure.

use std::net::{IpAddr, SocketAddr};

use k8s_openapi::api::discovery::v1::{EndpointConditions, EndpointSlice};
use kube::ResourceExt;

/// Which pods a Service leads to, and at which ports, from one of its EndpointSlices.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SliceAddresses {
    front: String,
    ready: Vec<IpAddr>,
    /// Pods that are being deleted and still serve.
    leaving: Vec<IpAddr>,
    /// Each with its name in the Service; a single port may have none.
    ports: Vec<(String, u16)>,
}

impl SliceAddresses {
    pub(super) fn of(slice: &EndpointSlice) -> Self {
        let mut addresses = Self {
            front: slice.labels().get("kubernetes.io/service-name").cloned().unwrap_or_default(),
            ..Self::default()
        };
        for endpoint in &slice.endpoints {
            let conditions = endpoint.conditions.clone().unwrap_or_default();
            let parsed =
                endpoint.addresses.iter().filter_map(|address| address.parse::<IpAddr>().ok());
            if is_ready(&conditions) {
                addresses.ready.extend(parsed);
            } else if conditions.serving == Some(true) && conditions.terminating == Some(true) {
                addresses.leaving.extend(parsed);
            }
        }
        let ports = slice.ports.iter().flatten().filter_map(|port| {
            let number = u16::try_from(port.port?).ok()?;
            Some((port.name.clone().unwrap_or_default(), number))
        });
        addresses.ports = ports.collect();
        addresses
    }
}

/// A condition that is missing means ready, as the API defines it.
fn is_ready(conditions: &EndpointConditions) -> bool {
    conditions.ready.unwrap_or(true)
}

/// Where connections to this port of a Service go, in order: to the ready pods, or, while there is
/// none, to those that are being deleted and still serve, as kube-proxy does it.
pub(super) fn addresses_at<'a>(
    slices: impl Iterator<Item = &'a SliceAddresses> + Clone,
    front: &str,
    port: Option<&str>,
) -> Vec<SocketAddr> {
    let of_front = slices.filter(|slice| slice.front == front);
    let all = |pick: fn(&SliceAddresses) -> &Vec<IpAddr>| {
        let mut all: Vec<SocketAddr> = Vec::new();
        for slice in of_front.clone() {
            let at = slice.ports.iter().filter(|(name, _)| *name == port.unwrap_or_default());
            for (_, number) in at {
                all.extend(pick(slice).iter().map(|address| SocketAddr::from((*address, *number))));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    };
    let ready = all(|slice| &slice.ready);
    if ready.is_empty() { all(|slice| &slice.leaving) } else { ready }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn slice(endpoints: &Value, ports: &Value) -> SliceAddresses {
        let slice = json!({"metadata": {"name": "x", "labels": {"kubernetes.io/service-name": "shop"}},
            "addressType": "IPv4", "endpoints": endpoints, "ports": ports});
        SliceAddresses::of(&serde_json::from_value(slice).unwrap())
    }

    fn endpoint(address: &str, ready: bool, terminating: bool) -> Value {
        json!({"addresses": [address],
            "conditions": {"ready": ready, "serving": ready || terminating, "terminating": terminating}})
    }

    #[test]
    fn each_pods_address_has_the_number_that_its_own_port_of_that_name_has() {
        // While a new version that listens elsewhere is rolled out, there are two slices.
        let old = slice(
            &json!([endpoint("10.0.0.2", true, false), endpoint("10.0.0.3", false, false)]),
            &json!([{"name": "http", "port": 8081}, {"name": "metrics", "port": 9102}]),
        );
        let new = slice(
            &json!([endpoint("10.0.0.1", true, false), endpoint("10.0.0.4", false, true)]),
            &json!([{"name": "http", "port": 8082}]),
        );
        let all = [old, new];
        let at = |front, port| {
            let addresses = addresses_at(all.iter(), front, port);
            addresses.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(at("shop", Some("http")), ["10.0.0.1:8082", "10.0.0.2:8081"]);
        assert_eq!(at("shop", Some("metrics")), ["10.0.0.2:9102"]);
        assert_eq!(at("other", Some("http")), [""; 0]);
    }

    #[test]
    fn pods_that_leave_are_called_only_while_no_other_is_ready() {
        let port = json!([{"port": 80}]);
        let leaving = slice(&json!([endpoint("10.0.0.4", false, true)]), &port);
        let ready = slice(&json!([endpoint("10.0.0.5", true, false)]), &port);
        let here: SocketAddr = "10.0.0.4:80".parse().unwrap();
        assert_eq!(addresses_at([&leaving].into_iter(), "shop", None), [here]);
        let there: SocketAddr = "10.0.0.5:80".parse().unwrap();
        assert_eq!(addresses_at([&leaving, &ready].into_iter(), "shop", None), [there]);
    }
}
