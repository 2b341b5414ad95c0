//! Programs of brunt's own beside a container whose image holds none: an ephemeral container, which
//! shares the network of its pod, and the processes of its target. What the target is limited to
//! does not hold for it: it has a cgroup of its own within the pod's.

mod outcome;

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{AttachParams, AttachedProcess};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, Lines};
use tokio::time::Instant;

use self::outcome::{ProgramOutcome, outcome};
use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;
use super::program_error::ProgramError;
use super::security_context;
use super::write::Writer;

/// How long the container may take until it runs, or has ended; its image may have to be pulled.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long an answer of the running program may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long it may take until the end of the program shows in its pod's status.
const STATUS_DELAY: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(200);

/// The user of an ephemeral container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EphemeralUser {
    /// The one that brunt's image is built for.
    Own,
    /// The one under which its target runs, and may be signaled. Where the pod does not say who
    /// that is (`None`), root with the one right to signal others.
    OfTarget(Option<i64>),
}

/// A program of brunt's own, and beside which container it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EphemeralProgram<'a> {
    pub(crate) pod: &'a str,
    /// The container whose processes it sees, and with whose first process it ends.
    pub(crate) target: Option<&'a str>,
    pub(crate) image: &'a str,
    /// The arguments of `brunt`.
    pub(crate) args: &'a [&'a str],
    pub(crate) user: EphemeralUser,
}

/// A program in an ephemeral container that goes on until the connection to it ends.
pub(crate) struct AttachedProgram {
    pub(crate) process: AttachedProcess,
    /// Its standard input, which ends when this is dropped.
    input: Box<dyn AsyncWrite + Send + Sync + Unpin>,
    /// Its standard output, once that is read by lines.
    output: Option<Lines<BufReader<Box<dyn AsyncRead + Send + Sync + Unpin>>>>,
    /// The name of the ephemeral container.
    pub(crate) container: String,
}

impl EphemeralProgram<'_> {
    /// Runs it, and waits until it has ended.
    ///
    /// # Errors
    /// When it may not be added, is not started, or fails; with why.
    pub(crate) async fn run(self, writer: Writer<'_>) -> Result<(), KubeError> {
        let name = name(writer);
        writer.add_ephemeral(self.pod, self.container(&name, false)).await?;
        self.wait(writer.cluster(), &name, |outcome| matches!(outcome, ProgramOutcome::Done)).await
    }

    /// Starts it, connects to its standard input and output, and says to begin. It reads its
    /// standard input, and ends when that does.
    ///
    /// # Errors
    /// When it may not be added, is not started, or cannot be connected to; with why.
    pub(crate) async fn attach(self, writer: Writer<'_>) -> Result<AttachedProgram, KubeError> {
        let (cluster, container) = (writer.cluster(), name(writer));
        writer.add_ephemeral(self.pod, self.container(&container, true)).await?;
        self.wait(cluster, &container, |outcome| matches!(outcome, ProgramOutcome::Runs)).await?;
        let params = AttachParams {
            stdin: true,
            stdout: true,
            stderr: true,
            container: Some(container.clone()),
            ..AttachParams::default()
        };
        let what = format!("connect to container {container} of pod {}", self.pod);
        let mut process = call_api(&what, cluster.api::<Pod>().attach(self.pod, &params)).await?;
        let failed = |source| KubeError::Program { pod: self.pod.to_owned(), source };
        let input = process.stdin().ok_or_else(|| failed(ProgramError::NoInput))?;
        let mut attached =
            AttachedProgram { process, input: Box::new(input), output: None, container };
        attached.request().await.map_err(failed)?;
        Ok(attached)
    }

    async fn wait(
        self,
        cluster: &Cluster,
        name: &str,
        is_wanted: impl Fn(&ProgramOutcome) -> bool,
    ) -> Result<(), KubeError> {
        let failed = |source| Err(KubeError::Program { pod: self.pod.to_owned(), source });
        let until = Instant::now() + TIMEOUT;
        loop {
            match look(cluster, self.pod, name).await? {
                Some(outcome) if is_wanted(&outcome) => return Ok(()),
                Some(ProgramOutcome::Failed(source)) => return failed(source),
                Some(ProgramOutcome::Done) => {
                    return failed(ProgramError::Ended("it ended at once".to_owned()));
                }
                _ if Instant::now() > until => return failed(ProgramError::NotEnded(TIMEOUT)),
                _ => tokio::time::sleep(POLL).await,
            }
        }
    }

    fn container(self, name: &str, is_attached: bool) -> Value {
        let mut security = security_context::of_container();
        security["seccompProfile"] = json!({"type": "RuntimeDefault"});
        match self.user {
            EphemeralUser::Own => {
                security["runAsNonRoot"] = json!(true);
                security["runAsUser"] = json!(security_context::USER);
            }
            EphemeralUser::OfTarget(Some(user)) => security["runAsUser"] = json!(user),
            EphemeralUser::OfTarget(None) => {
                security["runAsUser"] = json!(0);
                security["capabilities"]["add"] = json!(["KILL"]);
            }
        }
        let mut container = json!({
            "name": name,
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "args": self.args,
            "securityContext": security,
        });
        if let Some(target) = self.target {
            container["targetContainerName"] = json!(target);
        }
        if is_attached {
            // Its standard input ends with the first connection to it, however that ends.
            container["stdin"] = json!(true);
            container["stdinOnce"] = json!(true);
        }
        container
    }
}

impl AttachedProgram {
    /// Sends an empty line: to begin, or to say once more what there is.
    pub(crate) async fn request(&mut self) -> Result<(), ProgramError> {
        let sent = async {
            self.input.write_all(b"\n").await?;
            self.input.flush().await
        };
        sent.await.map_err(ProgramError::Input)
    }

    /// The lines that it writes up to this one.
    pub(crate) async fn answer(&mut self, end: &str) -> Result<String, ProgramError> {
        if self.output.is_none() {
            let output = self.process.stdout().ok_or(ProgramError::NoOutput)?;
            let output: Box<dyn AsyncRead + Send + Sync + Unpin> = Box::new(output);
            self.output = Some(BufReader::new(output).lines());
        }
        let Some(lines) = &mut self.output else { return Err(ProgramError::NoOutput) };
        let mut text = String::new();
        let read = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if line == end {
                    return true;
                }
                text += &line;
                text.push('\n');
            }
            false
        };
        match tokio::time::timeout(ANSWER_TIMEOUT, read).await {
            Ok(true) => Ok(text),
            Ok(false) => Err(ProgramError::Ended("it has ended".to_owned())),
            Err(_) => Err(ProgramError::NotEnded(ANSWER_TIMEOUT)),
        }
    }
}

impl Drop for AttachedProgram {
    fn drop(&mut self) {
        self.process.abort();
    }
}

/// Waits until the end of a program shows in its pod's status, which is a moment behind. Returns
/// why it has ended; `None` if it goes on.
pub(crate) async fn wait_for_end(
    cluster: &Cluster,
    pod: &str,
    container: &str,
) -> Result<Option<ProgramError>, KubeError> {
    let until = Instant::now() + STATUS_DELAY;
    loop {
        let end = end_of(cluster, pod, container).await?;
        if end.is_some() || Instant::now() > until {
            return Ok(end);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Why a program in an ephemeral container does not run any more; `None` while it does.
pub(crate) async fn end_of(
    cluster: &Cluster,
    pod: &str,
    container: &str,
) -> Result<Option<ProgramError>, KubeError> {
    let gone = || ProgramError::Ended("its pod has gone".to_owned());
    match look(cluster, pod, container).await {
        Err(error) if error.is_not_found() => Ok(Some(gone())),
        Err(error) => Err(error),
        Ok(None) => Ok(Some(gone())),
        Ok(Some(ProgramOutcome::Failed(source))) => Ok(Some(source)),
        Ok(Some(ProgramOutcome::Done)) => {
            let why = "the first process of its container has ended, or the connection to it";
            Ok(Some(ProgramError::Ended(why.to_owned())))
        }
        Ok(Some(ProgramOutcome::Waits | ProgramOutcome::Runs)) => Ok(None),
    }
}

async fn look(
    cluster: &Cluster,
    pod: &str,
    container: &str,
) -> Result<Option<ProgramOutcome>, KubeError> {
    let pods = cluster.api::<Pod>();
    let found = call_api("look at an ephemeral container", pods.get(pod)).await?;
    Ok(outcome(&found, container))
}

/// Another one each time: a pod keeps its ephemeral containers.
fn name(writer: Writer<'_>) -> String {
    format!("brunt-{}-{:04x}", writer.run(), fastrand::u16(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(user: EphemeralUser) -> EphemeralProgram<'static> {
        let (target, args): (_, &[&str]) = (Some("web"), &["stress", "--end"]);
        EphemeralProgram { pod: "web-1", target, image: "brunt:1", args, user }
    }

    #[test]
    fn an_ephemeral_container_runs_as_its_target_or_may_do_nothing_but_signal() {
        let own = program(EphemeralUser::OfTarget(Some(10001))).container("a", false);
        assert_eq!(own["securityContext"]["runAsUser"], 10001);
        assert_eq!(own["securityContext"]["capabilities"], json!({"drop": ["ALL"]}));
        assert_eq!(own["targetContainerName"], "web");
        let root = program(EphemeralUser::OfTarget(None)).container("a", false);
        assert_eq!(
            root["securityContext"]["capabilities"],
            json!({"drop": ["ALL"], "add": ["KILL"]})
        );
    }

    #[test]
    fn one_that_signals_nobody_is_what_the_strictest_standard_lets_in() {
        let attached = program(EphemeralUser::Own).container("a", true);
        let security = &attached["securityContext"];
        assert_eq!(security["runAsNonRoot"], true);
        assert_eq!(security["capabilities"], json!({"drop": ["ALL"]}));
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault");
        assert_eq!((&attached["stdin"], &attached["stdinOnce"]), (&json!(true), &json!(true)));
    }
}
