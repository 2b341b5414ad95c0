//! The programs that use up processor and memory now.

use std::collections::BTreeMap;

use brunt_faults::TargetError;
use futures::FutureExt;
use futures::future::BoxFuture;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::api::AttachedProcess;
use tokio::sync::Mutex;

use super::limits::MemoryLimit;
use crate::changes::changer::Changer;
use crate::client::connect::Cluster;
use crate::client::ephemeral::{self, AttachedProgram};
use crate::client::program_error::ProgramError;

/// The stress that is in force, by service.
#[derive(Default)]
pub(crate) struct StressProcesses(Mutex<BTreeMap<String, Vec<StressProcess>>>);

/// Where a program is, and the connection to it.
pub(super) enum StressConnection {
    /// In the container.
    Inside(AttachedProcess),
    /// In an ephemeral container beside it.
    Beside(AttachedProgram),
}

/// A program that uses up what a container may. It ends with the connection to it, which ends when
/// this is dropped.
pub(super) struct StressProcess {
    connection: StressConnection,
    /// Comes when it has ended.
    ended: Option<BoxFuture<'static, Option<Status>>>,
    pod: String,
    /// The program and its arguments, for the log.
    command: String,
    limit: MemoryLimit,
}

impl Drop for StressProcess {
    fn drop(&mut self) {
        self.process().abort();
    }
}

impl StressProcess {
    pub(super) fn new(
        connection: StressConnection,
        pod: &str,
        command: &[&str],
        limit: MemoryLimit,
    ) -> Self {
        let (pod, command) = (pod.to_owned(), command.join(" "));
        Self { connection, ended: None, pod, command, limit }
    }

    pub(super) fn process(&mut self) -> &mut AttachedProcess {
        match &mut self.connection {
            StressConnection::Inside(process) => process,
            StressConnection::Beside(program) => &mut program.process,
        }
    }

    /// It has said that it is at work: from now on its end would be early.
    pub(super) fn at_work(mut self) -> Self {
        self.ended = self.process().take_status().map(FutureExt::boxed);
        self
    }

    /// Why it is at work no more; `None` while it is.
    async fn early_end(&mut self, cluster: &Cluster) -> Option<ProgramError> {
        if let StressConnection::Beside(program) = &self.connection {
            // What cannot be asked is taken to be at work, as the end of its fault is the same.
            let end = ephemeral::end_of(cluster, &self.pod, &program.container).await.ok()?;
            return end.map(|why| self.limit.explain(why));
        }
        let end = self.ended.as_mut()?.now_or_never()?;
        let why = match end {
            Some(status) => status.message.unwrap_or_else(|| "it ended".to_owned()),
            None => "the connection to it broke".to_owned(),
        };
        Some(self.limit.explain(ProgramError::Ended(why)))
    }

    /// Why it did not begin to work.
    pub(super) async fn not_begun(
        &mut self,
        cluster: &Cluster,
        said: ProgramError,
    ) -> ProgramError {
        match &self.connection {
            StressConnection::Beside(program) => {
                let end = ephemeral::wait_for_end(cluster, &self.pod, &program.container).await;
                self.limit.explain(end.ok().flatten().unwrap_or(said))
            }
            StressConnection::Inside(_) => self.limit.explain(said),
        }
    }
}

impl StressProcesses {
    pub(super) async fn add(&self, service: &str, processes: Vec<StressProcess>) {
        self.0.lock().await.entry(service.to_owned()).or_default().extend(processes);
    }

    /// Ends the stress of a service.
    ///
    /// # Errors
    /// When some of it had ended before, with why.
    pub(crate) async fn recover(
        &self,
        changer: &Changer,
        service: &str,
    ) -> Result<(), TargetError> {
        let mut processes = self.0.lock().await.remove(service).unwrap_or_default();
        let mut early = Vec::new();
        for one in &mut processes {
            if let Some(why) = one.early_end(changer.cluster()).await {
                early.push(format!("the stress in pod {}: {why}", one.pod));
            }
        }
        end(changer, processes);
        if early.is_empty() { Ok(()) } else { Err(TargetError::EndedEarly(early.join("; "))) }
    }
}

/// Ends programs, by the end of the connections to them.
pub(super) fn end(changer: &Changer, processes: Vec<StressProcess>) {
    for process in processes {
        changer.writer().exec_ended(&process.pod, &process.command);
    }
}
