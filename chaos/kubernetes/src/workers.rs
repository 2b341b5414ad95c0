//! Load workers inside the cluster: an indexed Job whose pods are told by their standard input when
//! to start, and leave what they have recorded in their logs.
//!
//! What they do is not known here: a task goes in as a text, a log comes out as one. A worker
//! echoes each line that it is told, which is how its distance is known, and stops when its
//! standard input ends, so that no load outlives who watches it.

mod attach;
mod job;

use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Pod};
use kube::ResourceExt;
use kube::api::{DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::changes::watchdog::{self, made};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::pod_status::{self, PodStatus, standing};
use crate::run::ClusterRun;
use attach::AttachedWorker;

/// How long the pods may take until all of them run.
const START_WITHIN: Duration = Duration::from_secs(90);

/// How long a process may take to read its task.
const READS_WITHIN: Duration = Duration::from_secs(30);

/// How long it may take until a process that has ended shows in its pod's status.
const SHOWS_WITHIN: Duration = Duration::from_secs(15);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);

/// The longest of the shortest ways to a worker and back: by no more than this, workers start
/// at different moments.
const APART: Duration = Duration::from_millis(50);

/// What workers are to do.
#[derive(Debug, Clone)]
pub struct LoadJob {
    /// How many there are; at least 1.
    pub workers: u32,
    /// The image of brunt that they run; the system's own unless given, if that is brunt's.
    pub image: Option<String>,
    /// What `brunt work` is told, the same for all.
    pub task: String,
}

/// Load workers, ready to start. Dropping them ends them.
pub struct LoadWorkers {
    cluster: Cluster,
    job: String,
    lines: Vec<AttachedWorker>,
}

impl ClusterRun {
    /// Whether this machine reaches every service at its own address, not through the API server.
    pub fn is_at_hand(&self) -> bool {
        self.reached.values().all(crate::client::port_forward::ServiceRoute::is_direct)
    }

    /// Where a service answers inside the cluster, without a slash at the end.
    pub fn cluster_url(&self, service: &str) -> Option<String> {
        match self.workloads.get(service) {
            Some(workload) => {
                let front = workload.front.as_ref()?;
                Some(format!("http://{}.{}.svc:{}", front.name, self.cluster.namespace, front.port))
            }
            None => self.url(service),
        }
    }

    /// Brings load workers up; they wait for [`LoadWorkers::start_at`].
    ///
    /// # Errors
    /// When they may not be made, or do not all run in time, with why; then none is left.
    pub async fn start_workers(&self, work: &LoadJob) -> Result<LoadWorkers, KubeError> {
        self.in_time()?;
        let image = self.image(work.image.as_deref()).ok_or_else(|| {
            KubeError::Other(
                "load from inside the cluster needs an image of brunt that the nodes have: name one by --image, or put the \
                 load on from this machine by --from here"
                    .to_owned(),
            )
        })?;
        let job = job::name(&self.lease);
        match self.all_run(&job, image, work).await {
            Ok(lines) => Ok(LoadWorkers { cluster: self.cluster.clone(), job, lines }),
            Err(error) => {
                remove(&self.cluster, &job).await;
                Err(error)
            }
        }
    }

    async fn all_run(
        &self,
        name: &str,
        image: &str,
        work: &LoadJob,
    ) -> Result<Vec<AttachedWorker>, KubeError> {
        let cluster = &self.cluster;
        let owner = watchdog::owner(cluster, &self.lease).await?;
        let params = PostParams::default();
        // It is suspended until its task is there, which belongs to it.
        let jobs = cluster.api::<Job>();
        let made_job = made(job::manifest(&self.lease, image, work.workers, owner.as_ref()))?;
        let there =
            KubeError::bounded("make a Job of load workers", jobs.create(&params, &made_job))
                .await?;
        let task: ConfigMap =
            made(job::task(&self.lease, &work.task, there.metadata.uid.as_deref()))?;
        let maps = cluster.api::<ConfigMap>();
        KubeError::bounded("make the load workers' task", maps.create(&params, &task)).await?;
        let resume = Patch::Merge(json!({"spec": {"suspend": false}}));
        let patch = PatchParams::default();
        KubeError::bounded("start the load workers", jobs.patch(name, &patch, &resume)).await?;
        let pods = running(cluster, name, work.workers).await?;
        let all = pods.iter().map(|pod| AttachedWorker::to(cluster, pod));
        let mut lines = try_join_all(all).await?;
        let hellos = join_all(lines.iter_mut().map(|line| line.tell("hello", READS_WITHIN))).await;
        match hellos.iter().position(Result::is_err) {
            None => Ok(lines),
            Some(silent) => {
                let why = pod_status::of(cluster, lines[silent].pod(), SHOWS_WITHIN).await.err();
                let why = why.unwrap_or_else(|| "it does not answer".to_owned());
                Err(KubeError::Other(format!(
                    "{} did not start: {why}",
                    one_of(silent, work.workers as usize)
                )))
            }
        }
    }
}

impl LoadWorkers {
    /// Has all of them start at one moment, which must lie a second ahead. Returns by how much they
    /// are apart at most: the longest of the shortest ways to a worker and back. No clock of
    /// another machine is asked.
    ///
    /// # Errors
    /// When one cannot be told in time, or is too far away.
    pub async fn start_at(&mut self, origin: Instant) -> Result<Duration, KubeError> {
        let count = self.lines.len();
        let told = join_all(self.lines.iter_mut().map(|line| line.count_down(origin))).await;
        let mut apart = Duration::ZERO;
        for (place, way) in told.into_iter().enumerate() {
            let fail = |why: String| KubeError::Other(format!("{} {why}", one_of(place, count)));
            let way = way.map_err(|why| fail(format!("could not be told when to start: {why}")))?;
            apart = apart.max(way);
            if way > APART {
                let (way, most) = (way.as_millis(), APART.as_millis());
                return Err(fail(format!(
                    "cannot start together with the others: the way to it and back takes {way} ms, and may take {most} ms"
                )));
            }
        }
        Ok(apart)
    }

    /// What each said last of how it goes; those that have not are left out.
    pub fn last_status_lines(&self) -> Vec<String> {
        self.lines.iter().filter_map(AttachedWorker::said).collect()
    }

    /// Has all of them stop.
    pub async fn stop(&mut self) {
        // One that hears nothing has no line any more, and stops because of that.
        join_all(self.lines.iter_mut().map(|line| line.say("stop"))).await;
    }

    /// The first that has ended, and why, unless all goes on.
    pub async fn first_exit(&self) -> Option<String> {
        let place = self.lines.iter().position(AttachedWorker::is_over)?;
        let why = match pod_status::of(&self.cluster, self.lines[place].pod(), SHOWS_WITHIN).await {
            Ok(()) => "it ended before its time".to_owned(),
            Err(why) => why,
        };
        Some(format!("{}: {why}", one_of(place, self.lines.len())))
    }

    /// Waits until all have ended, for so long at most, and takes them away. Returns each one's
    /// log, or why there is none that is whole.
    pub async fn collect_logs(mut self, within: Duration) -> Vec<Result<String, String>> {
        let until = tokio::time::Instant::now() + within;
        let count = self.lines.len();
        let logs =
            join_all(self.lines.iter_mut().map(|line| log(&self.cluster, line, until))).await;
        remove(&self.cluster, &self.job).await;
        let named = |(place, log): (usize, Result<String, String>)| {
            log.map_err(|why| format!("{}: {why}", one_of(place, count)))
        };
        logs.into_iter().enumerate().map(named).collect()
    }

    /// Takes them away without waiting for anything that they have to say.
    pub async fn delete(self) {
        remove(&self.cluster, &self.job).await;
    }
}

fn one_of(place: usize, count: usize) -> String {
    format!("load worker {} of {count}", place + 1)
}

async fn log(
    cluster: &Cluster,
    line: &mut AttachedWorker,
    until: tokio::time::Instant,
) -> Result<String, String> {
    if tokio::time::timeout_at(until, line.over()).await.is_err() {
        return Err("it did not end in time".to_owned());
    }
    let pods = cluster.api::<Pod>();
    let fate = pod_status::of(cluster, line.pod(), SHOWS_WITHIN).await;
    let params = LogParams::default();
    let log = KubeError::bounded("read a load worker's log", pods.logs(line.pod(), &params)).await;
    match (fate, log) {
        (Ok(()), log) => log.map_err(|error| error.to_string()),
        (Err(why), Ok(log)) => Err(pod_status::with_last_words(why, &log)),
        (Err(why), Err(_)) => Err(why),
    }
}

/// What belongs to the Job goes with it. If it cannot be taken away now, it goes with the Job that
/// puts things back.
async fn remove(cluster: &Cluster, job: &str) {
    let jobs = cluster.api::<Job>();
    let params = DeleteParams::background();
    let _ = KubeError::bounded("take the load workers away", jobs.delete(job, &params)).await;
}

/// Waits until all run, and returns the names of their pods by index.
async fn running(cluster: &Cluster, job: &str, workers: u32) -> Result<Vec<String>, KubeError> {
    let pods = cluster.api::<Pod>();
    let params = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={job}"));
    let until = tokio::time::Instant::now() + START_WITHIN;
    loop {
        let list = pods.list(&params);
        let found = KubeError::bounded("look at the load workers", list).await?.items;
        let mut waits = None;
        let mut names = Vec::new();
        for index in 0..workers {
            let at = found.iter().find(|pod| job::index(pod) == Some(index));
            match at.map_or_else(|| PodStatus::waits("it has no pod yet"), standing) {
                PodStatus::Runs => names.push(at.map(ResourceExt::name_any).unwrap_or_default()),
                PodStatus::Waits(why) => {
                    waits.get_or_insert((index, why, false));
                }
                PodStatus::Hopeless(why) => waits = Some((index, why, true)),
            }
        }
        let Some((index, mut why, mut hopeless)) = waits else {
            return Ok(names);
        };
        if found.len() < workers as usize
            && let Some(refusal) = refusal(cluster, job).await
        {
            (why, hopeless) = (refusal, true);
        }
        if hopeless || tokio::time::Instant::now() > until {
            let who = one_of(index as usize, workers as usize);
            return Err(KubeError::Other(format!("{who} did not start: {why}")));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Why the Job may make no pods: a quota, or a policy.
async fn refusal(cluster: &Cluster, job: &str) -> Option<String> {
    let events = cluster.api::<Event>();
    let of_job = format!("involvedObject.kind=Job,involvedObject.name={job},reason=FailedCreate");
    let params = ListParams::default().fields(&of_job);
    let all =
        KubeError::bounded("look at the load workers' events", events.list(&params)).await.ok()?;
    all.items.into_iter().find_map(|event| event.message)
}
