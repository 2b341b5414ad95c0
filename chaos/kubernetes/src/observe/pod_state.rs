//! What is known of one pod, and how an update of it is read. Pure.

use std::collections::BTreeMap;
use std::net::IpAddr;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::Preconditions;

use super::pod_status::PodReading;

/// A pod of a service, as it was last seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct PodState {
    pub(crate) service: String,
    /// Its number among the pods of its service, in the order in which they were first seen. Pods
    /// have no stable number of their own, and reports need one.
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) uid: Option<String>,
    pub(crate) node: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) address: Option<IpAddr>,
    /// It uses its node's network, so that its address is the node's and others have it too.
    pub(crate) on_host: bool,
    /// It is being deleted.
    pub(crate) leaving: bool,
    pub(super) reading: PodReading,
    /// The kubelet has said that its liveness probe failed; the next restart is because of that.
    pub(super) unhealthy: bool,
}

impl PodState {
    /// Lets a delete or an eviction hit this pod only, and not one that has its name by then.
    pub(crate) fn precondition(&self) -> Option<Preconditions> {
        self.uid.clone().map(|uid| Preconditions { uid: Some(uid), resource_version: None })
    }
}

/// The state of a pod after an update; its service and number are those of before.
/// `container`: the name of the one that is the service.
pub(super) fn updated(pod: &Pod, before: &PodState, container: Option<&str>) -> PodState {
    let spec = pod.spec.as_ref();
    PodState {
        uid: pod.metadata.uid.clone(),
        labels: pod.labels().clone(),
        address: pod.status.as_ref().and_then(|status| status.pod_ip.as_ref()?.parse().ok()),
        on_host: spec.is_some_and(|spec| spec.host_network == Some(true)),
        node: spec.and_then(|spec| spec.node_name.clone()).unwrap_or_default(),
        leaving: pod.metadata.deletion_timestamp.is_some(),
        reading: PodReading::of(pod, container),
        ..before.clone()
    }
}
