//! Every change of a cluster goes through here, so that each one is an event of the log: which run
//! changed which object, from what to what.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{AttachedProcess, DeleteParams, EvictParams, Patch, PatchParams, PostParams};
use kube::{Api, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;
use super::object::{ChangeMode, ObjectRef};

/// The field manager in whose name brunt sets fields.
pub(crate) const MANAGER: &str = "brunt";

/// What was there before something was made, in the log.
const NOTHING: &str = "nothing";

/// What was there before an object of the same name was changed as a whole, in the log.
const THERE: &str = "there";

/// Makes changes for one run, or lets the API server check them.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    cluster: &'a Cluster,
    /// The run's id; empty for changes outside of runs, such as `brunt up`.
    run: &'a str,
    mode: ChangeMode,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(cluster: &'a Cluster, run: &'a str, mode: ChangeMode) -> Self {
        Self { cluster, run, mode }
    }

    pub(crate) fn cluster(self) -> &'a Cluster {
        self.cluster
    }

    /// The run's id.
    pub(crate) fn run(self) -> &'a str {
        self.run
    }

    fn is_dry_run(self) -> bool {
        self.mode == ChangeMode::DryRun
    }

    fn log(self, object: &str, before: &str, after: &str) {
        let dry_run = self.is_dry_run();
        let namespace = self.cluster.namespace.as_str();
        tracing::info!(
            run = self.run,
            namespace,
            object,
            before,
            after,
            dry_run,
            "cluster changed"
        );
    }

    /// A JSON patch. It must hold a test of the resource version: then a change in between is seen
    /// as [`KubeError::Changed`]. Returns the object's generation after it.
    pub(crate) async fn json_patch(
        self,
        object: &ObjectRef,
        operations: Vec<Value>,
        (before, after): (&str, &str),
    ) -> Result<i64, KubeError> {
        let what = format!("change {object}");
        let patch = serde_json::from_value(Value::Array(operations))
            .map_err(KubeError::invalid(what.clone()))?;
        let params = PatchParams { dry_run: self.is_dry_run(), ..PatchParams::default() };
        let api = object.kind.api(self.cluster);
        let patch = Patch::Json::<()>(patch);
        let patched = call_api(&what, api.patch(&object.name, &params, &patch)).await?;
        self.log(&object.to_string(), before, after);
        Ok(patched.metadata.generation.unwrap_or_default())
    }

    /// A merge patch of an object that the run itself has added.
    pub(crate) async fn merge_patch<K>(
        self,
        what: &str,
        name: &str,
        patch: Value,
        (before, after): (&str, &str),
    ) -> Result<(), KubeError>
    where
        K: Namespaced,
    {
        let params = PatchParams { dry_run: self.is_dry_run(), ..PatchParams::default() };
        let (api, patch) = (self.cluster.api::<K>(), Patch::Merge(patch));
        call_api(what, api.patch(name, &params, &patch)).await?;
        self.log(&named::<K>(name), before, after);
        Ok(())
    }

    /// A server-side apply. `kind` is for the log.
    pub(crate) async fn apply<K>(
        self,
        what: &str,
        api: &Api<K>,
        (kind, name): (&str, &str),
        params: &PatchParams,
        object: &(impl Serialize + std::fmt::Debug),
    ) -> Result<(), KubeError>
    where
        K: Clone + DeserializeOwned + std::fmt::Debug,
    {
        let before = state_of(api, name).await;
        let params = PatchParams { dry_run: self.is_dry_run(), ..params.clone() };
        let patch = Patch::Apply(object);
        call_api(what, api.patch(name, &params, &patch)).await?;
        self.log(&format!("{kind} {name}"), before, "applied");
        Ok(())
    }

    /// Adds an object to the namespace.
    pub(crate) async fn create<K>(self, what: &str, object: Value) -> Result<K, KubeError>
    where
        K: Namespaced,
    {
        self.create_in(what, &self.cluster.api::<K>(), object).await
    }

    /// Adds an object where `api` leads.
    pub(crate) async fn create_in<K>(
        self,
        what: &str,
        api: &Api<K>,
        object: Value,
    ) -> Result<K, KubeError>
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Serialize + std::fmt::Debug,
    {
        let object: K = serde_json::from_value(object).map_err(KubeError::invalid(what))?;
        let params = PostParams { dry_run: self.is_dry_run(), ..PostParams::default() };
        let created = call_api(what, api.create(&params, &object)).await?;
        self.log(
            &named::<K>(created.meta().name.as_deref().unwrap_or_default()),
            NOTHING,
            "created",
        );
        Ok(created)
    }

    /// Deletes an object. `kind` is for the log.
    pub(crate) async fn delete<K>(
        self,
        what: &str,
        api: &Api<K>,
        (kind, name): (&str, &str),
        params: &DeleteParams,
    ) -> Result<(), KubeError>
    where
        K: Clone + DeserializeOwned + std::fmt::Debug,
    {
        let params = DeleteParams { dry_run: self.is_dry_run(), ..params.clone() };
        call_api(what, api.delete(name, &params)).await?;
        self.log(&format!("{kind} {name}"), THERE, "deleted");
        Ok(())
    }

    /// Asks the API server to evict a pod; [`KubeError::Refused`] is a disruption budget's answer.
    pub(crate) async fn evict(self, pod: &str, params: DeleteParams) -> Result<(), KubeError> {
        let params = EvictParams {
            delete_options: Some(params),
            post_options: PostParams { dry_run: self.is_dry_run(), ..PostParams::default() },
        };
        let api = self.cluster.api::<Pod>();
        call_api(&format!("evict pod {pod}"), api.evict(pod, &params)).await?;
        self.log(&named::<Pod>(pod), THERE, "evicted");
        Ok(())
    }

    /// Adds an ephemeral container to a pod, where it stays until the pod goes.
    pub(crate) async fn add_ephemeral(self, pod: &str, container: Value) -> Result<(), KubeError> {
        let patch = json!({"spec": {"ephemeralContainers": [container]}});
        let params = PatchParams { dry_run: self.is_dry_run(), ..PatchParams::default() };
        let (what, api) = (format!("add a container to pod {pod}"), self.cluster.api::<Pod>());
        let patch = Patch::Strategic(patch);
        call_api(&what, api.patch_ephemeral_containers(pod, &params, &patch)).await?;
        self.log(&named::<Pod>(pod), NOTHING, "has an ephemeral container");
        Ok(())
    }

    /// Starts a program in a pod that changes something there. It has no dry run, so the caller
    /// must not come here in one.
    pub(crate) async fn exec(
        self,
        (pod, container): (&str, Option<&str>),
        command: &[&str],
    ) -> Result<AttachedProcess, KubeError> {
        let process = super::exec::exec(self.cluster, (pod, container), command).await?;
        self.log(&named::<Pod>(pod), NOTHING, &format!("runs {}", command.join(" ")));
        Ok(process)
    }

    /// The connection to a program that [`Writer::exec`] has started is given up, which ends it.
    pub(crate) fn exec_ended(self, pod: &str, command: &str) {
        self.log(&named::<Pod>(pod), &format!("runs {command}"), NOTHING);
    }
}

/// Objects in a namespace whose kind is known when this is compiled.
pub(crate) trait Namespaced:
    Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>
    + Clone
    + DeserializeOwned
    + Serialize
    + std::fmt::Debug
{
}

impl<K> Namespaced for K where
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>
        + Clone
        + DeserializeOwned
        + Serialize
        + std::fmt::Debug
{
}

/// Whether an object is there, for the log: an apply's reply does not say what it has met.
async fn state_of<K>(api: &Api<K>, name: &str) -> &'static str
where
    K: Clone + DeserializeOwned + std::fmt::Debug,
{
    let found = call_api(&format!("read {name}"), api.get_metadata_opt(name)).await;
    match found {
        Ok(Some(_)) => THERE,
        Ok(None) => NOTHING,
        // An apply needs no right to read.
        Err(_) => "unknown",
    }
}

/// Kind and name.
fn named<K: Resource<DynamicType = ()>>(name: &str) -> String {
    format!("{} {name}", K::kind(&()))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use k8s_openapi::api::core::v1::ConfigMap;
    use serde_json::json;

    use super::*;
    use crate::client::scripted_api::{call, cluster, no};

    #[tokio::test]
    async fn before_an_apply_an_object_is_there_or_not_or_nobody_knows() {
        const MAP: &str = "/api/v1/namespaces/ns/configmaps/report";
        let found = json!({"metadata": {"name": "report", "resourceVersion": "7"}});
        let (cluster, script) = cluster(vec![
            call(Method::GET, MAP, 200, found),
            call(Method::GET, MAP, 404, no(404, "NotFound", "no such map")),
            call(Method::GET, MAP, 403, no(403, "Forbidden", "may not read")),
        ]);
        let maps = cluster.api::<ConfigMap>();
        for wanted in [THERE, NOTHING, "unknown"] {
            assert_eq!(state_of(&maps, "report").await, wanted);
        }
        script.await.unwrap();
    }
}
