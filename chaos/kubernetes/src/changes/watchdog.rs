//! The order to put everything back that stands in the cluster before any fault does: a Job that
//! waits until the run's time is over and then does what `brunt revert` does. A run that ends by
//! itself takes it away again.
//!
//! All that the run adds belongs to this Job, so that it goes when the Job goes.

mod rights;

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::api::{DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::changes::record::{RUN, RunLease};
use crate::changes::revert::EXPIRES;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// The account of manifests/components/controller. Where it is not, the run makes one for itself.
const ACCOUNT: &str = "brunt";

/// How long the Job's pod may take until it runs.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// How many seconds the Job has at first. Whoever is killed before it stands has changed nothing
/// yet, and what there is of it, perhaps without the rights to do anything, goes by itself.
const STANDS_WITHIN: i64 = 90;

/// How many seconds it has for putting things back.
const PUTS_BACK_WITHIN: i64 = 300;

/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(200);

/// What it must be able to put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WatchdogScope {
    /// Objects of the namespace.
    Namespace,
    /// Nodes too.
    Nodes,
}

/// Puts it into the cluster and waits until its pod runs.
///
/// # Errors
/// When it cannot be made, or does not run in time; then it has been taken away again by its own
/// deadline at the latest.
pub(crate) async fn stand(
    cluster: &Cluster,
    lease: &RunLease,
    image: &str,
    reach: WatchdogScope,
) -> Result<(), KubeError> {
    let account = cluster.api::<ServiceAccount>();
    let known =
        KubeError::bounded("look for the service account brunt", account.get_opt(ACCOUNT)).await;
    let known = match known {
        // Whoever may not look at accounts may not make one either, so there must be the usual one.
        Err(KubeError::Forbidden { .. }) => true,
        known => known?.is_some(),
    };
    let name = name(lease);
    let own = !known || reach == WatchdogScope::Nodes;
    let account = if own { name.as_str() } else { ACCOUNT };
    let job: Job = made(job(lease, image, account, &cluster.namespace))?;
    let jobs = cluster.api::<Job>();
    let job = KubeError::bounded(
        "make the Job that puts things back",
        jobs.create(&PostParams::default(), &job),
    )
    .await?;
    let owner =
        json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job.metadata.uid});
    let stands = async {
        if own {
            rights::in_namespace(cluster, lease, &owner).await?;
        }
        runs(cluster, &name).await?;
        stays(cluster, lease).await?;
        if reach == WatchdogScope::Nodes {
            rights::on_nodes(cluster, lease).await?;
        }
        Ok(())
    };
    match stands.await {
        Ok(()) => Ok(()),
        Err(error) => Err(given_up(cluster, &name, error).await),
    }
}

/// Gives it the time that it needs.
async fn stays(cluster: &Cluster, lease: &RunLease) -> Result<(), KubeError> {
    let left = lease.expires.duration_since(jiff::Timestamp::now()).as_secs().max(0);
    let longer = Patch::Merge(
        json!({"spec": {"activeDeadlineSeconds": STANDS_WITHIN + left + PUTS_BACK_WITHIN}}),
    );
    let (jobs, params) = (cluster.api::<Job>(), PatchParams::default());
    let name = name(lease);
    let call = jobs.patch(&name, &params, &longer);
    KubeError::bounded("let the Job that puts things back wait for its time", call).await.map(drop)
}

async fn given_up(cluster: &Cluster, name: &str, error: KubeError) -> KubeError {
    let jobs = cluster.api::<Job>();
    // It goes by its own deadline if it does not go now.
    let _ =
        KubeError::bounded("delete the Job", jobs.delete(name, &DeleteParams::background())).await;
    // What is in no namespace cannot belong to it, and is there only if nodes were to be changed.
    let roles: Api<ClusterRole> = Api::all(cluster.client.clone());
    let _ =
        KubeError::bounded("delete its rights", roles.delete(name, &DeleteParams::background()))
            .await;
    error
}

pub(crate) fn name(lease: &RunLease) -> String {
    format!("brunt-revert-{}", lease.run)
}

/// The Job as an owner, if it stands: what belongs to it goes with it.
pub(crate) async fn owner(cluster: &Cluster, lease: &RunLease) -> Result<Option<Value>, KubeError> {
    let (jobs, name) = (cluster.api::<Job>(), name(lease));
    let job =
        KubeError::bounded("look for the Job that puts things back", jobs.get_opt(&name)).await?;
    Ok(job.map(|job| json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job.metadata.uid})))
}

fn job(lease: &RunLease, image: &str, account: &str, namespace: &str) -> Value {
    let expires = lease.expires.to_string();
    json!({
        "metadata": {
            "name": name(lease),
            "labels": {RUN: lease.run, "app.kubernetes.io/name": "brunt-revert"},
            "annotations": {EXPIRES: expires},
        },
        "spec": {
            "backoffLimit": 20,
            "activeDeadlineSeconds": STANDS_WITHIN,
            "ttlSecondsAfterFinished": 0,
            "template": {
                "metadata": {"labels": {RUN: lease.run, "app.kubernetes.io/name": "brunt-revert"}},
                "spec": {
                    "serviceAccountName": account,
                    "restartPolicy": "OnFailure",
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": 1,
                    "securityContext": {
                        "runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [{
                        "name": "revert",
                        "image": image,
                        "imagePullPolicy": "IfNotPresent",
                        "args": ["revert", "--namespace", namespace, "--run", lease.run, "--after", expires],
                        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}},
                        "securityContext": {
                            "allowPrivilegeEscalation": false,
                            "readOnlyRootFilesystem": true,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }],
                },
            },
        },
    })
}

/// An object from its JSON.
pub(crate) fn made<K: DeserializeOwned>(value: Value) -> Result<K, KubeError> {
    serde_json::from_value(value)
        .map_err(|error| KubeError::Other(format!("cannot make an object: {error}")))
}

/// Waits until the Job's pod runs: an image that cannot be pulled must be known before the fault,
/// not after it.
async fn runs(cluster: &Cluster, job: &str) -> Result<(), KubeError> {
    let pods = cluster.api::<Pod>();
    let until = tokio::time::Instant::now() + STARTS_WITHIN;
    loop {
        let params = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={job}"));
        let list = pods.list(&params);
        let found = KubeError::bounded("look at the Job that puts things back", list).await?.items;
        let why = match found.first() {
            None => "it has no pod yet".to_owned(),
            Some(pod) => match waits(pod) {
                None => return Ok(()),
                Some(why) => why,
            },
        };
        if is_hopeless(&why) || tokio::time::Instant::now() > until {
            let said = match found.first() {
                Some(pod) => {
                    pods.logs(&pod.name_any(), &LogParams::default()).await.unwrap_or_default()
                }
                None => String::new(),
            };
            return Err(KubeError::Other(format!(
                "the Job that would put things back does not run ({why}{}{said}); name an image that the nodes have by \
                 --image, or accept by --no-dead-man that only `brunt revert` puts things back after a crash",
                if said.is_empty() { "" } else { "; it said: " }
            )));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether waiting any longer is of no use.
pub(crate) fn is_hopeless(why: &str) -> bool {
    let hopeless = ["ErrImage", "ImagePull", "InvalidImage", "CreateContainer"];
    hopeless.iter().any(|word| why.contains(word))
}

/// Why a pod does not run, if it does not.
pub(crate) fn waits(pod: &Pod) -> Option<String> {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_ref());
    let Some(status) = statuses.and_then(|statuses| statuses.first()) else {
        return Some("it is not scheduled yet".to_owned());
    };
    let state = status.state.clone().unwrap_or_default();
    if state.running.is_some() {
        return None;
    }
    let waiting = state.waiting.and_then(|waiting| waiting.reason);
    let ended = state.terminated.and_then(|end| end.reason);
    Some(waiting.or(ended).unwrap_or_else(|| "it has not started yet".to_owned()))
}

/// The image that can put things back: the one that was named, or brunt's own where the
/// system runs it.
pub(crate) fn image<'a>(
    named: Option<&'a str>,
    images: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let ours = |image: &&str| {
        let name = image.rsplit('/').next().unwrap_or_default();
        name == "brunt" || name.starts_with("brunt:") || name.starts_with("brunt@")
    };
    named.or_else(|| images.into_iter().find(ours))
}

#[cfg(test)]
mod tests {
    #[test]
    fn brunts_own_image_is_known_by_its_name() {
        let images = ["nginx:1", "localhost/not-brunt:1", "localhost:5000/x/brunt:1.2"];
        assert_eq!(super::image(None, images.into_iter()), Some("localhost:5000/x/brunt:1.2"));
        assert_eq!(super::image(Some("mine"), images.into_iter()), Some("mine"));
        assert_eq!(super::image(None, ["nginx"].into_iter()), None);
    }
}
