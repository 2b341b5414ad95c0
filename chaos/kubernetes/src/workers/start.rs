//! Starting load workers, and waiting until all of them are attached to.

use std::time::Duration;

use futures::future::{join_all, try_join_all};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::ResourceExt;
use kube::api::ListParams;
use serde_json::json;

use super::attach::AttachedWorker;
use super::exit::wait_for_exit;
use super::job::{self, LoadJob, ordinal};
use crate::changes::changer::Changer;
use crate::changes::watchdog;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::helper_pods;
use crate::observe::pod_start::PodStart;
use crate::observe::pod_status::PodStatus;

/// How long the pods may take until all of them run.
const START_TIMEOUT: Duration = Duration::from_secs(90);

/// How long a process may take to read its task.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How often the pods are looked at while they start.
const POLL: Duration = Duration::from_millis(200);

/// Creates the Job and its task, and attaches to all workers.
pub(super) async fn start(
    changer: &Changer,
    image: &str,
    load: &LoadJob,
) -> Result<Vec<AttachedWorker>, KubeError> {
    let (cluster, lease, writer) = (changer.cluster(), changer.lease(), changer.writer());
    let name = job::name(lease);
    let owner = watchdog::owner(changer).await?;
    // The Job is suspended until its task is there: the task is owned by the Job, so it cannot come
    // first, and a pod without it would fail.
    let mut manifest = job::manifest(lease, image, load.workers, owner.as_ref());
    helper_pods::configure(&mut manifest["spec"]["template"], changer.helpers());
    let created: Job = writer.create("make a Job of load workers", manifest).await?;
    let task = job::task(lease, &load.task, created.metadata.uid.as_deref());
    writer.create::<Secret>("make the load workers' task", task).await?;
    let resume = json!({"spec": {"suspend": false}});
    let texts = ("suspended", "started");
    writer.merge_patch::<Job>("start the load workers", &name, resume, texts).await?;
    let pods = wait_until_running(cluster, &name, load.workers).await?;
    let attaching = pods.iter().map(|pod| AttachedWorker::attach(cluster, pod));
    let mut workers = try_join_all(attaching).await?;
    // A pod that runs may still be reading its task; only an echo shows that it listens.
    let hellos = workers.iter_mut().map(|worker| worker.send_and_wait("hello", READ_TIMEOUT));
    let hellos = join_all(hellos).await;
    match hellos.iter().position(Result::is_err) {
        None => Ok(workers),
        Some(silent) => {
            let exit = wait_for_exit(cluster, workers[silent].pod()).await.err();
            let why = exit.map_or("it does not answer".to_owned(), |exit| exit.to_string());
            Err(not_started(silent, load.workers, &why))
        }
    }
}

fn not_started(index: usize, workers: u32, why: &str) -> KubeError {
    let worker = ordinal(index, workers as usize);
    KubeError::LoadWorker { worker, why: format!("did not start: {why}") }
}

/// Waits until all pods run. Returns their names by index.
async fn wait_until_running(
    cluster: &Cluster,
    job: &str,
    workers: u32,
) -> Result<Vec<String>, KubeError> {
    let pods = cluster.api::<Pod>();
    let params = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={job}"));
    let until = tokio::time::Instant::now() + START_TIMEOUT;
    let mut start = PodStart::default();
    loop {
        let found = call_api("look at the load workers", pods.list(&params)).await?.items;
        let (names, waiting) = progress(&found, workers);
        let Some((index, mut why, mut is_stuck)) = waiting else {
            return Ok(names);
        };
        let pod = found.iter().find(|pod| job::index(pod) == Some(index));
        if let Some(obstacle) = start.obstacle(cluster, pod, job).await {
            (why, is_stuck) = (obstacle, true);
        }
        if is_stuck || tokio::time::Instant::now() > until {
            return Err(not_started(index as usize, workers, &why));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The names of the pods that run; and the first worker that does not, or one that never will, with
/// why and whether waiting is of no use.
fn progress(found: &[Pod], workers: u32) -> (Vec<String>, Option<(u32, String, bool)>) {
    let (mut names, mut waiting) = (Vec::new(), None);
    for index in 0..workers {
        let Some(pod) = found.iter().find(|pod| job::index(pod) == Some(index)) else {
            waiting.get_or_insert((index, "it has no pod yet".to_owned(), false));
            continue;
        };
        match PodStatus::of(pod) {
            PodStatus::Running | PodStatus::Ready => names.push(pod.name_any()),
            PodStatus::Pending(why) => {
                waiting.get_or_insert((index, why, false));
            }
            PodStatus::Stuck(why) | PodStatus::Failed(why) => waiting = Some((index, why, true)),
            PodStatus::Succeeded => {
                waiting = Some((index, "it ended at once".to_owned(), true));
            }
        }
    }
    (names, waiting)
}
