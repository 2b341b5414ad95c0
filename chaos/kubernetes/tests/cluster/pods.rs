//! A look at a shop's pods, and at the nodes under them.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{Api, DynamicObject, ListParams};
use tokio::task::JoinHandle;

use crate::shop::{Shop, resource};

/// Between two looks at pods of which one is about to go.
const LOOK: Duration = Duration::from_millis(20);

impl Shop {
    /// The nodes on which its pods are that are not on their way out.
    pub async fn nodes(&self) -> BTreeSet<String> {
        let pods = self.api(&resource("", "v1", "Pod", "pods"));
        let all = pods.list(&ListParams::default().labels("app=shop")).await.unwrap().items;
        let stays = |pod: &&DynamicObject| pod.metadata.deletion_timestamp.is_none();
        let node = |pod: &DynamicObject| {
            pod.data["spec"]["nodeName"].as_str().unwrap_or_default().to_owned()
        };
        all.iter().filter(stays).map(node).collect()
    }

    /// The pods that are not being deleted.
    pub async fn pods(&self) -> Vec<Pod> {
        let mut all = self.everybody().list(&of_shop()).await.unwrap().items;
        all.retain(|pod| pod.metadata.deletion_timestamp.is_none());
        all
    }

    /// Whether all pods are of the current version, and ready.
    pub async fn is_rolled_out(&self) -> bool {
        let found = self.deployment().await;
        let status = |field: &str| found["status"][field].as_u64().unwrap_or_default();
        let wanted = found["spec"]["replicas"].as_u64().unwrap();
        let all = ["replicas", "updatedReplicas", "readyReplicas"].map(status);
        all == [wanted; 3] && status("observedGeneration") == found["metadata"]["generation"]
    }

    fn everybody(&self) -> Api<Pod> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The first pod that is deleted from now on, as it is then.
    pub fn going(&self) -> JoinHandle<Pod> {
        let pods = self.everybody();
        tokio::spawn(async move {
            loop {
                let all = pods.list(&of_shop()).await.unwrap();
                if let Some(going) =
                    all.into_iter().find(|pod| pod.metadata.deletion_timestamp.is_some())
                {
                    return going;
                }
                tokio::time::sleep(LOOK).await;
            }
        })
    }

    /// The nodes that take nothing new.
    pub async fn cordoned(&self) -> Vec<String> {
        let nodes: Api<Node> = Api::all(self.client.clone());
        let all = nodes.list(&ListParams::default()).await.unwrap().into_iter();
        let closed =
            all.filter(|node| node.spec.as_ref().and_then(|spec| spec.unschedulable) == Some(true));
        closed.map(|node| node.name_any()).collect()
    }

    pub async fn zone_of(&self, node: &str) -> String {
        let nodes: Api<Node> = Api::all(self.client.clone());
        nodes.get(node).await.unwrap().labels()["topology.kubernetes.io/zone"].clone()
    }

    /// How much of a processor the busiest pod uses, in thousandths, as far as that
    /// has been measured.
    pub async fn busiest(&self) -> u64 {
        let metrics = resource("metrics.k8s.io", "v1beta1", "PodMetrics", "pods");
        let all: Api<DynamicObject> =
            Api::namespaced_with(self.client.clone(), &self.namespace, &metrics);
        let all = all.list(&of_shop()).await.unwrap().into_iter();
        let used = |pod: DynamicObject| {
            let used = pod.data["containers"][0]["usage"]["cpu"].as_str().map(str::to_owned);
            used.map_or(0, |used| thousandths(&used))
        };
        all.map(used).max().unwrap_or_default()
    }
}

fn of_shop() -> ListParams {
    ListParams::default().labels("app=shop")
}

/// A quantity such as 12m, 3500u, or 420000n.
fn thousandths(quantity: &str) -> u64 {
    let (number, unit) = quantity.split_at(quantity.trim_end_matches(char::is_alphabetic).len());
    let number: u64 = number.parse().unwrap();
    match unit {
        "n" => number / 1_000_000,
        "u" => number / 1000,
        "m" => number,
        _ => number * 1000,
    }
}
