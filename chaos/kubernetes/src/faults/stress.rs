//! Using up processor and memory of containers from within, by a program that ends when its input
//! does: no stress outlives the controller.

use std::collections::BTreeMap;

use brunt_faults::TargetError;
use kube::api::AttachedProcess;
use tokio::sync::Mutex;

use super::not_run::not_run;
use crate::changes::changer::Changer;
use crate::client::exec::first_line;
use crate::observe::watcher::Observer;

/// The stress that is in force, by service.
#[derive(Default)]
pub(crate) struct StressProcesses(Mutex<BTreeMap<String, Vec<StressProcess>>>);

/// A program that uses up what a container may. It ends with the connection to it, which ends when
/// this is dropped.
struct StressProcess {
    process: AttachedProcess,
    pod: String,
    /// The program and its arguments, for the log.
    command: String,
}

impl Drop for StressProcess {
    fn drop(&mut self) {
        self.process.abort();
    }
}

impl StressProcesses {
    /// Starts the program in each replica, and waits until it says that it is at work.
    pub(super) async fn inject(
        &self,
        changer: &Changer,
        observer: &Observer,
        (service, container): (&str, Option<&str>),
        replicas: &[u32],
        command: &[String],
    ) -> Result<u64, TargetError> {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let mut processes = Vec::new();
        for replica in replicas {
            let pod = observer.pod(service, *replica)?;
            changer.note(format!("Pod {} on {}: {}", pod.name, pod.node, command.join(" ")));
            if changer.is_dry_run() {
                continue;
            }
            match start(changer, (&pod.name, container), &command).await {
                Ok(process) => processes.push(process),
                Err(error) => {
                    end(changer, processes);
                    return Err(error);
                }
            }
        }
        self.0.lock().await.entry(service.to_owned()).or_default().extend(processes);
        Ok(replicas.len() as u64)
    }

    /// Ends the stress of a service.
    pub(super) async fn recover(&self, changer: &Changer, service: &str) {
        end(changer, self.0.lock().await.remove(service).unwrap_or_default());
    }
}

async fn start(
    changer: &Changer,
    (pod, container): (&str, Option<&str>),
    command: &[&str],
) -> Result<StressProcess, TargetError> {
    changer.check_lease()?;
    let process = changer.writer().exec((pod, container), command).await?;
    let (pod, command) = (pod.to_owned(), command.join(" "));
    let mut started = StressProcess { process, pod, command };
    match first_line(&mut started.process).await {
        Ok(_) => Ok(started),
        Err(error) => {
            let failed = not_run(&started.pod, error);
            end(changer, vec![started]);
            Err(failed)
        }
    }
}

fn end(changer: &Changer, processes: Vec<StressProcess>) {
    for process in processes {
        changer.writer().exec_ended(&process.pod, &process.command);
    }
}

/// The program: brunt itself where the image holds it, a shell's script otherwise. `cpu` is a
/// number of processors, `memory` is in MiB.
pub(super) fn command(runs_brunt: bool, cpu: u32, memory: u32) -> Vec<String> {
    if runs_brunt {
        let (cpu, memory) = (cpu.to_string(), memory.to_string());
        let words = ["brunt", "stress", "--cpu", &cpu, "--memory", &memory];
        return words.map(str::to_owned).to_vec();
    }
    // Busy loops, and memory in a variable of the shell's own: nothing else can be relied on in
    // other people's images. `cat` waits for the end of the input.
    let script = format!(
        "trap 'kill $(jobs -p) 2>/dev/null' EXIT; \
         i=0; while [ $i -lt {cpu} ]; do (while :; do :; done) & i=$((i+1)); done; \
         x=$(head -c {memory}m /dev/zero | tr '\\0' x); echo stressed; cat >/dev/null"
    );
    vec!["sh".to_owned(), "-c".to_owned(), script]
}
