//! The connection to a cluster.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};

use crate::client::error::KubeError;

/// How long it may take to reach the API server, and how long an answer may be on its way.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);

/// Longer than any call but a watch or a log takes; those are opened anew when nothing comes
/// for so long.
const ANSWERS_WITHIN: Duration = Duration::from_secs(295);

/// Which cluster, and where in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterTarget {
    /// The kubeconfig; the one that KUBECONFIG names, or the usual one, unless given.
    pub kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; its current one unless given. Inside a pod there is no
    /// kubeconfig and it is not needed.
    pub context: Option<String>,
    /// The namespace; the context's own unless given.
    pub namespace: Option<String>,
}

/// A connection to one namespace of a cluster.
#[derive(Clone)]
pub struct Cluster {
    /// The client: it does not repeat calls.
    pub client: Client,
    /// The namespace.
    pub namespace: String,
}

impl Cluster {
    /// Connects, and makes sure that the API server answers and that the namespace exists.
    ///
    /// # Errors
    /// When there is no usable configuration, when nobody answers, or when there is
    /// no such namespace.
    pub async fn connect(place: &ClusterTarget) -> Result<Self, KubeError> {
        let cluster = Self::connect_unchecked(place).await?;
        cluster.must_exist().await?;
        Ok(cluster)
    }

    /// Connects to a namespace that need not exist yet.
    ///
    /// # Errors
    /// When there is no usable configuration.
    pub async fn connect_unchecked(place: &ClusterTarget) -> Result<Self, KubeError> {
        let mut config = config(place).await?;
        config.connect_timeout = Some(CONNECTS_WITHIN);
        config.read_timeout = Some(ANSWERS_WITHIN);
        config.write_timeout = Some(ANSWERS_WITHIN);
        config.default_retry = false;
        let namespace = place.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
        let client = Client::try_from(config)
            .map_err(|error| KubeError::Configuration(error.to_string()))?;
        Ok(Self { client, namespace })
    }

    async fn must_exist(&self) -> Result<(), KubeError> {
        let all: Api<Namespace> = Api::all(self.client.clone());
        let call = all.get(&self.namespace);
        match KubeError::bounded("read the namespace", call).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => {
                Err(KubeError::NoNamespace(self.namespace.clone()))
            }
            // Whoever may work in a namespace need not be allowed to read it.
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

async fn config(place: &ClusterTarget) -> Result<Config, KubeError> {
    let fail = |error: String| KubeError::Configuration(error);
    if place.kubeconfig.is_none() && place.context.is_none() {
        return Config::infer().await.map_err(|error| fail(error.to_string()));
    }
    let file = place.kubeconfig.as_ref().map_or_else(Kubeconfig::read, Kubeconfig::read_from);
    let file = file.map_err(|error| fail(error.to_string()))?;
    let names: Vec<String> = file.contexts.iter().map(|one| one.name.clone()).collect();
    if let Some(context) = place.context.as_ref().filter(|context| !names.contains(context)) {
        return Err(KubeError::NoContext { context: context.clone(), known: names.join(", ") });
    }
    let options =
        KubeConfigOptions { context: place.context.clone(), ..KubeConfigOptions::default() };
    Config::from_custom_kubeconfig(file, &options).await.map_err(|error| fail(error.to_string()))
}
