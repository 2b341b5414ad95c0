//! A namespace with one service in it, and the means to look at it.

use std::time::Duration;

use brunt_kubernetes::{
    ChangeMode, ClusterRun, ClusterRunOptions, ClusterTarget, KubeError, Watchdog,
};
use brunt_scenarios::plan::System;
use brunt_scenarios::source::Source;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, Config};
use serde_json::{Value, json};

use crate::snapshot::{self, Snapshot};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Shop {
    pub client: Client,
    pub namespace: String,
    pub image: String,
    /// The system file for what there is.
    pub system: &'static str,
    pub kinds: Vec<ApiResource>,
}

pub const SYSTEM: &str = "
version: 1
name: shop
services:
  shop: {command: [brunt, serve, coffee, stock], port: 8080}
";

/// The same, and a gateway that calls it.
const BOTH: &str = "
version: 1
name: shop
services:
  shop: {command: [brunt, serve, coffee, stock], port: 8080}
  gateway: {command: [brunt, serve, coffee, gateway], port: 8081, calls: {shop: {env: API_STOCK_URL}}}
";

/// A variable without which nothing can be tested here.
fn needed(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE ({variable} is not)"
        )
    })
}

pub fn resource(group: &str, version: &str, kind: &str, plural: &str) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

/// Locked by tests that change or compare nodes, which all tests share.
pub static NODES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

impl Shop {
    /// The service with an autoscaler that keeps it as it is.
    pub async fn open(name: &str) -> Self {
        let shop = Self::without_autoscaler(name).await;
        shop.add_autoscaler().await;
        shop
    }

    /// A gateway that calls the service; nothing decides about their numbers of replicas.
    pub async fn with_gateway(name: &str) -> Self {
        let mut shop = Self::without_autoscaler(name).await;
        shop.add_gateway().await;
        shop
    }

    /// Makes the namespace and the service. A test that has come here was asked for, so it fails
    /// where there is no cluster.
    pub async fn without_autoscaler(name: &str) -> Self {
        let shop = Self::empty(name).await;
        shop.furnish().await;
        shop
    }

    /// A namespace with nothing in it.
    pub async fn empty(name: &str) -> Self {
        let (path, image) = (needed("BRUNT_TEST_KUBECONFIG"), needed("BRUNT_TEST_IMAGE"));
        let file = Kubeconfig::read_from(path).unwrap();
        let config =
            Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await.unwrap();
        let client = Client::try_from(config).unwrap();
        let namespace = format!("k2-{name}-{:06x}", fastrand::u32(..0x0100_0000));
        let kinds = snapshot::kinds(&client).await;
        let shop = Self { client, namespace, image, system: SYSTEM, kinds };
        let spaces: Api<DynamicObject> =
            Api::all_with(shop.client.clone(), &resource("", "v1", "Namespace", "namespaces"));
        spaces
            .create(&PostParams::default(), &object(json!({"metadata": {"name": shop.namespace}})))
            .await
            .unwrap();
        shop
    }

    async fn furnish(&self) {
        self.deploy("shop", "stock", 2, json!([])).await;
        let config = json!({"metadata": {"name": "settings"}, "data": {"MAKING_TIME": "100ms"}});
        self.make("", "v1", "ConfigMap", "configmaps", config).await;
    }

    /// A second service, which calls the first one.
    pub async fn add_gateway(&mut self) {
        let calls = json!([{"name": "API_STOCK_URL", "value": "http://shop:8080"}]);
        self.deploy("gateway", "gateway", 1, calls).await;
        self.system = BOTH;
    }

    async fn deploy(&self, name: &str, service: &str, replicas: u32, more: Value) {
        let labels = json!({"app": name});
        let spec = json!({
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": self.pod(service, &more)},
        });
        let deployment = json!({"metadata": {"name": name, "labels": labels}, "spec": spec});
        self.make("apps", "v1", "Deployment", "deployments", deployment).await;
        let service = json!({"metadata": {"name": name}, "spec": {"selector": labels, "ports": [{"port": 8080}]}});
        self.make("", "v1", "Service", "services", service).await;
    }

    /// The pod of one of coffee's services.
    pub fn pod(&self, service: &str, more: &Value) -> Value {
        let probe = json!({"httpGet": {"path": "/actuator/health/readiness", "port": 8080}, "periodSeconds": 1});
        let alive = json!({"httpGet": {"path": "/isHealthy", "port": 8080}, "periodSeconds": 1, "failureThreshold": 2});
        let mut env = json!([
            {"name": "HOST", "value": "0.0.0.0"},
            {"name": "PORT", "value": "8080"},
            {"name": "DATA_DIR", "value": "/tmp"},
        ]);
        env.as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
        json!({
            "terminationGracePeriodSeconds": 2,
            "containers": [{
                "name": "service", "image": self.image, "imagePullPolicy": "IfNotPresent",
                "args": ["serve", "coffee", service],
                "env": env,
                "ports": [{"containerPort": 8080}],
                "readinessProbe": probe, "livenessProbe": alive,
                "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}},
            }],
        })
    }

    pub async fn patch(&self, kind: &str, patch: Patch<Value>) {
        let resource = self.kinds.iter().find(|one| one.kind == kind).unwrap();
        self.api(resource).patch("shop", &PatchParams::default(), &patch).await.unwrap();
    }

    pub async fn make(&self, group: &str, version: &str, kind: &str, plural: &str, value: Value) {
        let api = self.api(&resource(group, version, kind, plural));
        api.create(&PostParams::default(), &object(value)).await.unwrap();
    }

    pub fn api(&self, resource: &ApiResource) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, resource)
    }

    pub async fn deployment(&self) -> Value {
        let api = self.api(&resource("apps", "v1", "Deployment", "deployments"));
        serde_json::to_value(api.get("shop").await.unwrap()).unwrap()
    }

    pub async fn object(&self, kind: &str) -> Value {
        let resource = self.kinds.iter().find(|one| one.kind == kind).unwrap();
        let name = if kind == "ConfigMap" { "settings" } else { "shop" };
        serde_json::to_value(self.api(resource).get(name).await.unwrap()).unwrap()
    }

    /// Every object of the namespace as people would compare it, and what belongs to it outside.
    /// Pods come and go, and are left out.
    pub async fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.snapshot_with_pods().await;
        snapshot.retain(|name, _| !snapshot::is_pod(name));
        snapshot
    }

    /// The same, once all pods are ready.
    pub async fn settled(&self) -> Snapshot {
        self.all_ready().await;
        self.snapshot().await
    }

    /// The same, and how many pods there are of each kind.
    pub async fn snapshot_with_pods(&self) -> Snapshot {
        let mut snapshot = snapshot::namespace(&self.client, &self.namespace, &self.kinds).await;
        snapshot.extend(snapshot::around(&self.client, &self.namespace).await);
        snapshot
    }

    /// Waits until all pods are ready, and nothing else is there.
    pub async fn all_ready(&self) {
        let expected: &[&str] = if self.system == BOTH { &["1", "2"] } else { &["2"] };
        let all = |snapshot: &Snapshot| {
            let pods = snapshot.iter().filter(|(name, _)| snapshot::is_pod(name));
            let (names, mut counts): (Vec<_>, Vec<_>) =
                pods.map(|(name, count)| (name, count.as_str())).unzip();
            counts.sort_unstable();
            counts == expected && names.iter().all(|name| name.ends_with("ready: true"))
        };
        until("all pods are ready", || async { all(&self.snapshot_with_pods().await) }).await;
    }

    pub fn options(&self, watchdog: Watchdog, lasts: Duration) -> ClusterRunOptions {
        let kubeconfig = std::env::var_os("BRUNT_TEST_KUBECONFIG").map(Into::into);
        let target = ClusterTarget {
            kubeconfig,
            namespace: Some(self.namespace.clone()),
            ..ClusterTarget::default()
        };
        ClusterRunOptions {
            target,
            run: format!("{:08x}", fastrand::u32(..)),
            max_duration: lasts,
            watchdog,
            mode: ChangeMode::Apply,
            image: None,
            edges: vec![],
            drain_timeout: Duration::from_secs(3),
            settled_autoscalers: vec![],
            faults: vec![],
            changes_nodes: false,
        }
    }

    /// The system, ready.
    pub async fn enter(&self, options: &ClusterRunOptions) -> ClusterRun {
        self.enter_without(options, &[]).await
    }

    /// The system, ready, without these guards.
    pub async fn enter_without(&self, options: &ClusterRunOptions, guards: &[&str]) -> ClusterRun {
        let entered = self.start_without(options, guards).await;
        entered.ready().await.unwrap();
        entered
    }

    /// The system, not ready yet.
    pub async fn start(&self, options: &ClusterRunOptions) -> ClusterRun {
        self.start_without(options, &[]).await
    }

    /// The system, if it can be started.
    pub async fn try_start(&self, options: &ClusterRunOptions) -> Result<ClusterRun, KubeError> {
        self.try_start_without(options, &[]).await
    }

    async fn start_without(&self, options: &ClusterRunOptions, guards: &[&str]) -> ClusterRun {
        self.try_start_without(options, guards).await.unwrap()
    }

    async fn try_start_without(
        &self,
        options: &ClusterRunOptions,
        guards: &[&str],
    ) -> Result<ClusterRun, KubeError> {
        let source = Source::new("system.yaml".to_owned(), self.system.to_owned());
        let mut system = System::check(&source.parse().unwrap(), &source).unwrap();
        brunt_kubernetes::load_live_spec(&mut system, &options.target).await?;
        let service = system.services.get_mut("shop").unwrap();
        guards.iter().for_each(|guard| brunt_scenarios::guard::take_away(service, guard));
        Ok(ClusterRun::start(&system, options).await?.0)
    }

    pub async fn close(self) {
        let spaces: Api<DynamicObject> =
            Api::all_with(self.client.clone(), &resource("", "v1", "Namespace", "namespaces"));
        spaces.delete(&self.namespace, &DeleteParams::default()).await.unwrap();
    }
}

fn object(value: Value) -> DynamicObject {
    serde_json::from_value(value).unwrap()
}

/// Waits until something holds.
pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < end, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
