//! Pods that carry the labels of a service and are none of its replicas: nobody counts them, and no
//! fault hits them.

use std::collections::BTreeMap;
use std::time::Duration;

use brunt_faults::FaultTarget;
use brunt_kubernetes::Watchdog;
use brunt_scenarios::plan::{FaultKind, NodeFault, NodePick, Pick, PlatformFault};
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use serde_json::{Value, json};

use crate::inject_fault::{LASTS, applied, platform, shop};
use crate::shop::{NODES, Shop, until};

const TRACK: &str = "track";

impl Shop {
    /// A canary, a Job and a pod that somebody made by hand, all with the shop's own label; and
    /// waits until each has its pod.
    async fn add_lookalikes(&self) {
        let labels = |track: &str| json!({"app": "shop", TRACK: track});
        let canary = labels("canary");
        let template = json!({
            "metadata": {"labels": canary}, "spec": self.pod("stock", &json!([]))});
        let canary = json!({
            "metadata": {"name": "shop-canary"},
            "spec": {"selector": {"matchLabels": canary}, "template": template},
        });
        self.make("apps", "v1", "Deployment", "deployments", canary).await;
        let once = |mut pod: Value| {
            pod["restartPolicy"] = json!("Never");
            pod
        };
        let template = json!({
            "metadata": {"labels": labels("job")}, "spec": once(self.pod("stock", &json!([])))});
        let job = json!({
            "metadata": {"name": "shop-migrate"},
            "spec": {"backoffLimit": 0, "template": template},
        });
        self.make("batch", "v1", "Job", "jobs", job).await;
        let bare = json!({
            "metadata": {"name": "shop-debug", "labels": labels("bare")},
            "spec": once(self.pod("stock", &json!([]))),
        });
        self.make("", "v1", "Pod", "pods", bare).await;
        until("all of them run", || async { self.lookalikes().await.len() == 3 }).await;
    }

    /// Those that run: their names, with what tells each from one that took its place.
    async fn lookalikes(&self) -> BTreeMap<String, String> {
        let theirs = |pod: &Pod| pod.labels().contains_key(TRACK);
        let runs = |pod: &Pod| {
            let status = pod.status.as_ref();
            status.and_then(|status| status.phase.as_deref()) == Some("Running")
        };
        let restarts = |pod: &Pod| {
            let containers = pod.status.iter().flat_map(|status| &status.container_statuses);
            containers.flatten().map(|one| one.restart_count).sum::<i32>()
        };
        let all = self.pods().await.into_iter().filter(|pod| theirs(pod) && runs(pod));
        let each = |pod: Pod| (pod.name_any(), format!("{:?} {}", pod.uid(), restarts(&pod)));
        all.map(each).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn pods_of_others_with_the_same_labels_are_neither_counted_nor_hit() {
    let shop = Shop::without_autoscaler("owned").await;
    let _alone = NODES.lock().await;
    shop.add_lookalikes().await;
    let theirs = shop.lookalikes().await;
    let before = shop.snapshot().await;
    let system = shop.enter(&shop.options(Watchdog::None, LASTS)).await;
    let kill =
        FaultKind::Kill { services: vec![self::shop()], pick: Pick::All, grace: Duration::ZERO };
    let stressed = PlatformFault::Stress { pick: Pick::All, cpu: 1, memory: 8 };
    let of_shop = NodePick::Of { service: self::shop(), pick: Pick::All };
    let all = [
        platform(stressed),
        kill,
        platform(PlatformFault::Evict(Pick::All)),
        platform(PlatformFault::KillContainer(Pick::All)),
        FaultKind::Rollout { service: self::shop() },
        platform(PlatformFault::RollBack),
        FaultKind::Nodes { which: of_shop, fault: NodeFault::Drain },
        FaultKind::Stop { service: self::shop(), grace: None },
    ];
    for kind in all {
        until("both are ready, and nothing is being replaced", || async {
            census(&system).await == (2, 2) && shop.is_rolled_out().await
        })
        .await;
        let hit = applied(&system, &kind).await.unwrap();
        assert_eq!(hit.effect().hits, 2, "{kind}");
        assert_eq!(shop.lookalikes().await, theirs, "{kind}");
        let _ = hit.recover(&system).await.unwrap();
    }
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.lookalikes().await, theirs);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}

/// How many replicas there are, and how many of them are ready.
async fn census(system: &impl FaultTarget) -> (usize, u32) {
    let census = system.census("shop").await.unwrap();
    (census.replicas.len(), census.ready())
}
