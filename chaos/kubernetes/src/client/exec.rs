//! What is done within a pod's own containers, by exec: whatever runs there ends when its standard
//! input does, so that nothing goes on once the controller is gone, however it went.

use brunt_faults::TargetError;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{AttachParams, AttachedProcess};
use tokio::io::AsyncReadExt;

use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::observe::state::PodState;
use crate::run::ClusterRun;
use crate::run::target::refused;

/// How long a program may take to say what it is asked.
const SAYS_WITHIN: std::time::Duration = std::time::Duration::from_secs(15);

impl ClusterRun {
    pub(crate) async fn end_containers(
        &self,
        service: &str,
        replicas: &[u32],
    ) -> Result<u64, TargetError> {
        let ours = self.runs_brunt(service)?;
        let command: &[&str] =
            if ours { &["brunt", "stress", "--end"] } else { &["kill", "-TERM", "1"] };
        let mut ended = 0;
        for replica in replicas {
            let pod = self.pod(service, *replica)?;
            self.note(format!("Pod {} on {}: SIGTERM to its first process", pod.name, pod.node));
            if self.touch == ChangeMode::Apply {
                self.in_time().map_err(refused)?;
                let process = self.exec(&pod, command).await.map_err(refused)?;
                finished(process).await.map_err(|why| not_within(&pod, &why))?;
            }
            ended += 1;
        }
        Ok(ended)
    }

    pub(crate) async fn stress(
        &self,
        service: &str,
        replicas: &[u32],
        cpu: u32,
        memory: u32,
    ) -> Result<u64, TargetError> {
        let command =
            if self.runs_brunt(service)? { by_brunt(cpu, memory) } else { by_shell(cpu, memory) };
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let mut processes = Vec::new();
        for replica in replicas {
            let pod = self.pod(service, *replica)?;
            self.note(format!("Pod {} on {}: {}", pod.name, pod.node, command.join(" ")));
            if self.touch == ChangeMode::Apply {
                self.in_time().map_err(refused)?;
                let mut process = self.exec(&pod, &command).await.map_err(refused)?;
                begun(&mut process).await.map_err(|why| not_within(&pod, &why))?;
                processes.push(StressProcess(process));
            }
        }
        // Dropping them closes their input, which ends them.
        self.stressed.lock().await.entry(service.to_owned()).or_default().extend(processes);
        Ok(replicas.len() as u64)
    }

    /// Whether brunt itself is in the containers, which may have nothing else in them.
    pub(crate) fn runs_brunt(&self, service: &str) -> Result<bool, TargetError> {
        let image =
            self.workload(service)?.pod.containers.first().and_then(|one| one.image.as_deref());
        Ok(crate::changes::watchdog::image(None, image.into_iter()).is_some())
    }

    /// What a program says in a pod.
    pub(crate) async fn output_of(
        &self,
        pod: &PodState,
        command: &[&str],
    ) -> Result<String, KubeError> {
        let mut process = self.exec(pod, command).await?;
        let silent = |why: &str| {
            KubeError::Other(format!("{} in pod {}: {why}", command.join(" "), pod.name))
        };
        let mut output = process.stdout().ok_or_else(|| silent("it has no output"))?;
        let mut text = String::new();
        let read = tokio::time::timeout(SAYS_WITHIN, output.read_to_string(&mut text)).await;
        match read {
            Ok(Ok(_)) => Ok(text),
            Ok(Err(error)) => Err(silent(&error.to_string())),
            Err(_) => Err(silent("it does not come to an end")),
        }
    }

    async fn exec(&self, pod: &PodState, command: &[&str]) -> Result<AttachedProcess, KubeError> {
        let api = self.cluster.api::<Pod>();
        let params =
            AttachParams { stdin: true, stdout: true, stderr: true, ..AttachParams::default() };
        let what = format!("run {} in pod {}", command.join(" "), pod.name);
        KubeError::bounded(&what, api.exec(&pod.name, command.iter().copied(), &params)).await
    }
}

/// Something that uses up what a container may; it ends with the connection to it, which ends when
/// this is dropped.
pub(crate) struct StressProcess(AttachedProcess);

impl Drop for StressProcess {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn not_within(pod: &PodState, why: &str) -> TargetError {
    TargetError::platform(format!("nothing could be run in pod {}: {why}", pod.name))
}

fn by_brunt(cpu: u32, memory: u32) -> Vec<String> {
    ["brunt", "stress", "--cpu", &cpu.to_string(), "--memory", &memory.to_string()]
        .map(str::to_owned)
        .to_vec()
}

/// For images of others, which need a shell: busy loops, and memory in a variable of
/// the shell's own.
fn by_shell(cpu: u32, memory: u32) -> Vec<String> {
    let script = format!(
        "trap 'kill $(jobs -p) 2>/dev/null' EXIT; i=0; while [ $i -lt {cpu} ]; do (while :; do :; done) & i=$((i+1)); done; \
         x=$(head -c {memory}m /dev/zero | tr '\\0' x); echo stressed; cat >/dev/null"
    );
    vec!["sh".to_owned(), "-c".to_owned(), script]
}

/// Waits until the process says that it is at work.
async fn begun(process: &mut AttachedProcess) -> Result<(), String> {
    let Some(mut output) = process.stdout() else {
        return Err("it has no output".to_owned());
    };
    let mut said = Vec::new();
    let word = async {
        while !said.contains(&b'\n') {
            if output.read_buf(&mut said).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    };
    match tokio::time::timeout(std::time::Duration::from_secs(15), word).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(said_why(process).await),
        Err(_) => Err("it did not begin in 15 s".to_owned()),
    }
}

async fn said_why(process: &mut AttachedProcess) -> String {
    let mut text = String::new();
    if let Some(mut errors) = process.stderr() {
        let _ = errors.read_to_string(&mut text).await;
    }
    if let Some(status) = process.take_status()
        && let Some(status) = status.await
    {
        text += &status.message.unwrap_or_default();
    }
    text.trim().to_owned()
}

async fn finished(mut process: AttachedProcess) -> Result<(), String> {
    let status = process.take_status();
    let ended = async {
        match status {
            Some(status) => status.await,
            None => None,
        }
    };
    match tokio::time::timeout(std::time::Duration::from_secs(15), ended).await {
        // A container that ends takes the answer with it.
        Ok(None) => Ok(()),
        Ok(Some(status)) if status.status.as_deref() != Some("Failure") => Ok(()),
        Ok(Some(status)) => Err(status.message.unwrap_or_default()),
        Err(_) => Err("no answer in 15 s".to_owned()),
    }
}
