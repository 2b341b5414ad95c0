//! The connection to a cluster.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};

use super::call::call_api;
use super::call_log::CallLogLayer;
use super::error::KubeError;
use super::login_error::LoginError;

/// How long it may take to open a connection to the API server.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may be silent. The API server ends watches by itself after about five
/// minutes, so this is a little less: a watch over a dead connection is opened again.
const IDLE_TIMEOUT: Duration = Duration::from_secs(295);

/// A namespace of a cluster, and how to get there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterTarget {
    /// The kubeconfig file; `None` takes the one that KUBECONFIG names, or `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// A context of the kubeconfig; `None` takes its current one. Inside a pod there is no
    /// kubeconfig: the service account is used instead.
    pub context: Option<String>,
    /// The namespace; `None` takes the context's own.
    pub namespace: Option<String>,
}

/// A connection to one namespace of a cluster.
#[derive(Clone)]
pub struct Cluster {
    /// It does not repeat calls: a fault that is injected twice is another fault.
    pub client: Client,
    /// The namespace of every call that does not name one.
    pub namespace: String,
}

impl Cluster {
    /// Connects, and makes sure that the API server answers and that the namespace exists.
    ///
    /// # Errors
    /// When there is no usable configuration, when nobody answers, or when there is
    /// no such namespace.
    pub async fn connect(target: &ClusterTarget) -> Result<Self, KubeError> {
        let cluster = Self::connect_unchecked(target).await?;
        cluster.must_exist().await?;
        Ok(cluster)
    }

    /// Connects to a namespace that need not exist yet. No call is made.
    ///
    /// # Errors
    /// When there is no usable configuration.
    pub async fn connect_unchecked(target: &ClusterTarget) -> Result<Self, KubeError> {
        let mut config = config(target).await?;
        config.connect_timeout = Some(CONNECT_TIMEOUT);
        config.read_timeout = Some(IDLE_TIMEOUT);
        config.write_timeout = Some(IDLE_TIMEOUT);
        // A 429 on an eviction is a budget's answer, and would be waited out otherwise.
        config.default_retry = false;
        let namespace =
            target.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let program = config.auth_info.exec.as_ref().and_then(|exec| exec.command.clone());
        let builder = ClientBuilder::try_from(config).map_err(|error| match error {
            kube::Error::Auth(error) => LoginError::of(&error, program.as_deref()).into(),
            error => unusable(error),
        })?;
        Ok(Self { client: builder.with_layer(&CallLogLayer).build(), namespace })
    }

    /// The same connection to another namespace.
    pub(crate) fn within(&self, namespace: &str) -> Self {
        Self { client: self.client.clone(), namespace: namespace.to_owned() }
    }

    pub(crate) async fn must_exist(&self) -> Result<(), KubeError> {
        let all: Api<Namespace> = Api::all(self.client.clone());
        match call_api("read the namespace", all.get(&self.namespace)).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => {
                Err(KubeError::NoNamespace(self.namespace.clone()))
            }
            // An account with rights in a namespace need not have the right to read the namespace.
            Err(KubeError::Forbidden { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Objects of one kind in the namespace.
    pub fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }
}

async fn config(target: &ClusterTarget) -> Result<Config, KubeError> {
    if target.kubeconfig.is_none() && target.context.is_none() {
        return Config::infer().await.map_err(unusable);
    }
    let file = target.kubeconfig.as_ref().map_or_else(Kubeconfig::read, Kubeconfig::read_from);
    let file = file.map_err(unusable)?;
    let names: Vec<String> = file.contexts.iter().map(|one| one.name.clone()).collect();
    if let Some(context) = target.context.as_ref().filter(|context| !names.contains(context)) {
        return Err(KubeError::NoContext { context: context.clone(), known: names.join(", ") });
    }
    let options =
        KubeConfigOptions { context: target.context.clone(), ..KubeConfigOptions::default() };
    Config::from_custom_kubeconfig(file, &options).await.map_err(unusable)
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> KubeError {
    KubeError::Configuration { why: error.to_string(), source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::{Value, json};

    use super::*;
    use crate::client::scripted_api::{call, cluster, no};

    /// What connecting by a kubeconfig with this account says.
    async fn refused(user: Value) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let file = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        });
        std::fs::write(&path, file.to_string()).unwrap();
        let target = ClusterTarget { kubeconfig: Some(path), ..ClusterTarget::default() };
        let connected = Cluster::connect_unchecked(&target).await;
        connected.err().expect("nobody could log in").to_string()
    }

    #[tokio::test]
    async fn a_plugin_that_is_missing_or_fails_is_named() {
        let plugin = |command: &str, args: Value| {
            json!({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": command,
                "args": args, "interactiveMode": "Never"}})
        };
        let missing = refused(plugin("no-such-login-plugin", json!([]))).await;
        assert!(missing.contains("`no-such-login-plugin`, which cannot be run"), "{missing}");
        assert!(missing.contains("install it"), "{missing}");
        let fails = json!(["-c", "echo your session has expired >&2; exit 1"]);
        let failed = refused(plugin("sh", fails)).await;
        assert!(failed.contains("`sh`, which failed"), "{failed}");
        assert!(failed.contains("exit status: 1: your session has expired"), "{failed}");
    }

    #[tokio::test]
    async fn an_expired_token_is_not_a_missing_right() {
        let unauthorized = no(401, "Unauthorized", "Unauthorized");
        let (cluster, script) =
            cluster(vec![call(Method::GET, "/namespaces/ns", 401, unauthorized)]);
        let error = cluster.must_exist().await.unwrap_err().to_string();
        script.await.unwrap();
        assert!(error.contains("has expired, or is another cluster's"), "{error}");
        assert!(error.contains("--context"), "{error}");
    }
}
