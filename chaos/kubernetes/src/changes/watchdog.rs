//! The watchdog: a Job in the cluster that waits until the run's time is over, and then does what
//! `brunt revert` does. It runs before the first fault is injected, so that a run whose controller
//! is killed is reverted all the same. A run that ends by itself deletes it.
//!
//! All that the run adds is owned by this Job, and is deleted with it.

mod rights;
mod scope;

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};
use kube::api::{DeleteParams, ListParams, LogParams};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

pub(crate) use self::scope::WatchdogScope;
use super::changer::Changer;
use super::record::RunLease;
use crate::client::call::call_api;
use crate::client::error::KubeError;
use crate::client::helper_pods;
use crate::client::labels::{EXPIRES, RUN};
use crate::client::security_context;
use crate::observe::pod_start::PodStart;
use crate::observe::pod_status::PodStatus;

/// The service account of manifests/components/controller. Where it is missing, the run makes one
/// of its own.
const ACCOUNT: &str = "brunt";

/// How long the Job's pod may take until it runs.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The Job's first deadline, in seconds. A controller that is killed while the watchdog is being
/// made has changed nothing yet; what there is of it, perhaps without the rights to do anything,
/// goes by this deadline.
const START_DEADLINE: i64 = 90;

/// How long the Job may take for reverting, in seconds.
const REVERT_DEADLINE: i64 = 300;

/// How often the Job's pod is looked at while it starts.
const POLL: Duration = Duration::from_millis(200);

/// Creates the watchdog and waits until its pod runs.
///
/// # Errors
/// When it cannot be created, or does not run in time; then it is deleted again, by its own
/// deadline at the latest.
pub(crate) async fn create(
    changer: &Changer,
    image: &str,
    scope: &WatchdogScope,
) -> Result<(), KubeError> {
    let (cluster, lease) = (changer.cluster(), changer.lease());
    let accounts = cluster.api::<ServiceAccount>();
    let found = call_api("look for the service account brunt", accounts.get_opt(ACCOUNT)).await;
    let is_there = match found {
        // An account that may not look at accounts may not create one either, so it must rely on
        // the usual one.
        Err(KubeError::Forbidden { .. }) => true,
        found => found?.is_some(),
    };
    let name = name(lease);
    // One that the user names has all rights that are needed, or is told of those that it lacks.
    let named = changer.helpers().service_account.as_deref();
    let needs_more = scope.nodes || !scope.others.is_empty();
    let needs_account = named.is_none() && (!is_there || needs_more);
    let account = named.unwrap_or(if needs_account { name.as_str() } else { ACCOUNT });
    let namespaces = [scope.others.as_slice(), std::slice::from_ref(&cluster.namespace)].concat();
    let mut job = job(lease, image, account, &namespaces);
    helper_pods::configure(&mut job["spec"]["template"], changer.helpers());
    let job: Job = changer.writer().create("create the watchdog Job", job).await?;
    let owner = owner_reference(&name, job.metadata.uid.as_deref());
    let starts = async {
        if needs_account {
            rights::in_namespace(changer, &name, &owner, scope).await?;
        }
        wait_until_running(changer, &name).await?;
        extend_deadline(changer, &name).await?;
        // After the pod runs: rights on nodes and in other namespaces are not owned by the Job, and
        // would stay if it were given up.
        if needs_account {
            for other in &scope.others {
                rights::in_other_namespace(changer, &name, other, scope).await?;
            }
        }
        if scope.nodes && needs_account {
            rights::on_nodes(changer, &name).await?;
        }
        Ok(())
    };
    match starts.await {
        Ok(()) => Ok(()),
        Err(error) => Err(withdraw(changer, &name, scope, error).await),
    }
}

/// Lets the Job wait until the run's time is over.
async fn extend_deadline(changer: &Changer, name: &str) -> Result<(), KubeError> {
    let left = changer.lease().expires.duration_since(jiff::Timestamp::now()).as_secs().max(0);
    let seconds = START_DEADLINE + left + REVERT_DEADLINE;
    let patch = json!({"spec": {"activeDeadlineSeconds": seconds}});
    let what = "let the watchdog Job wait for its time";
    let texts = (format!("deadline {START_DEADLINE} s"), format!("deadline {seconds} s"));
    changer.writer().merge_patch::<Job>(what, name, patch, (&texts.0, &texts.1)).await
}

/// Deletes what there is of the watchdog. Returns the error for which it is given up.
async fn withdraw(
    changer: &Changer,
    name: &str,
    scope: &WatchdogScope,
    error: KubeError,
) -> KubeError {
    let (writer, params) = (changer.writer(), DeleteParams::background());
    let jobs = changer.cluster().api::<Job>();
    // If this fails, the Job goes by its deadline.
    let _ = writer.delete("delete the watchdog Job", &jobs, ("Job", name), &params).await;
    // What is in another namespace, or in none, cannot be owned by the Job.
    for other in &scope.others {
        let roles = changer.within(other).cluster().api::<Role>();
        let role = ("Role", name);
        let _ = writer.delete("delete the watchdog's rights", &roles, role, &params).await;
    }
    let roles: Api<ClusterRole> = Api::all(changer.cluster().client.clone());
    let role = ("ClusterRole", name);
    let _ = writer.delete("delete the watchdog's rights", &roles, role, &params).await;
    error
}

pub(crate) fn name(lease: &RunLease) -> String {
    format!("brunt-revert-{}", lease.run)
}

fn owner_reference(name: &str, uid: Option<&str>) -> Value {
    json!({"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": uid})
}

/// The watchdog as an owner, if there is one: what it owns is deleted with it.
pub(crate) async fn owner(changer: &Changer) -> Result<Option<Value>, KubeError> {
    let (jobs, name) = (changer.cluster().api::<Job>(), name(changer.lease()));
    let job = call_api("look for the watchdog Job", jobs.get_opt(&name)).await?;
    Ok(job.map(|job| owner_reference(&name, job.metadata.uid.as_deref())))
}

/// The run's own namespace is the last of all: its revert deletes the Job.
fn job(lease: &RunLease, image: &str, account: &str, namespaces: &[String]) -> Value {
    let expires = lease.expires.to_string();
    let mut args = vec!["revert".to_owned()];
    for namespace in namespaces {
        args.extend(["--namespace".to_owned(), namespace.clone()]);
    }
    args.extend(["--run", &lease.run, "--after", &expires].map(str::to_owned));
    json!({
        "metadata": {
            "name": name(lease),
            "labels": {RUN: lease.run, "app.kubernetes.io/name": "brunt-revert"},
            "annotations": {EXPIRES: expires},
        },
        "spec": {
            // The cluster may be what is in trouble when the time comes, so it is tried for
            // minutes.
            "backoffLimit": 20,
            "activeDeadlineSeconds": START_DEADLINE,
            // Nothing of a run may be left, and the Job is the last of it.
            "ttlSecondsAfterFinished": 0,
            "template": {
                "metadata": {"labels": {RUN: lease.run, "app.kubernetes.io/name": "brunt-revert"}},
                "spec": {
                    "serviceAccountName": account,
                    // In the same pod: another one may find no node with room.
                    "restartPolicy": "OnFailure",
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": 1,
                    "securityContext": security_context::of_pod(),
                    "containers": [{
                        "name": "revert",
                        "image": image,
                        // The image is on the nodes already where the system is brunt's, and a
                        // registry may be gone.
                        "imagePullPolicy": "IfNotPresent",
                        "args": args,
                        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}},
                        "securityContext": security_context::of_container(),
                    }],
                },
            },
        },
    })
}

/// Waits until the Job's pod runs: that its image cannot be pulled must be known before the first
/// fault, not after it.
async fn wait_until_running(changer: &Changer, job: &str) -> Result<(), KubeError> {
    let pods = changer.cluster().api::<Pod>();
    let params = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={job}"));
    let until = tokio::time::Instant::now() + START_TIMEOUT;
    let mut start = PodStart::default();
    loop {
        let found = call_api("look at the watchdog Job", pods.list(&params)).await?.items;
        let status = found
            .first()
            .map_or_else(|| PodStatus::Pending("it has no pod yet".to_owned()), PodStatus::of);
        if matches!(status, PodStatus::Running | PodStatus::Ready) {
            return Ok(());
        }
        let obstacle = start.obstacle(changer.cluster(), found.first(), job).await;
        if obstacle.is_some() || tokio::time::Instant::now() > until {
            let why = status.trouble().unwrap_or("it ended at once").to_owned();
            let why = obstacle.unwrap_or(why);
            let log = match found.first() {
                Some(pod) => {
                    pods.logs(&pod.name_any(), &LogParams::default()).await.unwrap_or_default()
                }
                None => String::new(),
            };
            return Err(not_running(why, log.trim()));
        }
        tokio::time::sleep(POLL).await;
    }
}

fn not_running(why: String, log: &str) -> KubeError {
    let log = if log.is_empty() { String::new() } else { format!("; its log: {log}") };
    KubeError::PodNotRunning {
        pod: "the watchdog Job".to_owned(),
        why,
        remedy: format!(
            "name an image that the nodes have by --image, or accept by --no-watchdog that only \
             `brunt revert` restores things after a crash{log}"
        ),
    }
}
