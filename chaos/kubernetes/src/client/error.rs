//! What goes wrong between brunt and a cluster, with what to do about it.
//!
//! Each message is whole by itself. Sources are kept for programs and for the log; a message that
//! ends in the innermost cause already quotes it.

use thiserror::Error;

use super::irreversible_error::IrreversibleError;
use super::login_error::LoginError;
use super::no_effect_error::NoEffectError;
use super::program_error::ProgramError;
use super::removed_workload_error::RemovedWorkloadError;
use super::unclear_target::UnclearTarget;

/// A cluster could not do what it was asked, or could not be asked.
#[derive(Debug, Error)]
pub enum KubeError {
    /// There is no usable configuration.
    #[error(
        "there is no way to a cluster: {why}; set KUBECONFIG, or give --context, or run inside a \
         pod with a service account"
    )]
    Configuration {
        /// What is wrong with it, in the client's words.
        why: String,
        /// The client's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The kubeconfig has no such context.
    #[error("the kubeconfig has no context `{context}` (it has: {known})")]
    NoContext {
        /// The context that was asked for.
        context: String,
        /// The names of all that there are, separated by commas.
        known: String,
    },
    /// There is no such namespace.
    #[error(
        "there is no namespace `{0}`; make it with `kubectl create namespace {0}`, or name another \
         by --namespace"
    )]
    NoNamespace(String),
    /// It is not clear what a service of the system file is on the cluster; nothing was touched.
    #[error(transparent)]
    UnclearTarget(#[from] UnclearTarget),
    /// The cluster does not let this account in.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The caller may not do it: status 403.
    #[error(
        "not allowed to {what}: {why}; see manifests/components/controller for what the controller \
         needs"
    )]
    Forbidden {
        /// What was tried.
        what: String,
        /// The API server's message.
        why: String,
    },
    /// The cluster admits no such object: a quota, a limit range or a policy. Status 403 as well.
    #[error(
        "the cluster does not let {what}: {why}; --helper-config sets the resources, labels and \
         tolerations of brunt's own pods"
    )]
    NotAdmitted {
        /// What was tried.
        what: String,
        /// The API server's message, which names the quota or the policy.
        why: String,
    },
    /// A disruption budget does not let it happen now: status 429. An answer, not a failed call.
    #[error("the cluster refused to {what} for now: {why}")]
    Refused {
        /// What was tried.
        what: String,
        /// The API server's message.
        why: String,
    },
    /// The API server answered with any other error status.
    #[error("cannot {what}: {why} ({code})")]
    Answer {
        /// What was tried.
        what: String,
        /// The HTTP status.
        code: u16,
        /// The API server's message.
        why: String,
    },
    /// The object was changed in between.
    #[error("cannot {what}: it was changed at the same time ({why})")]
    Changed {
        /// What was tried.
        what: String,
        /// The API server's message.
        why: String,
    },
    /// The cluster could not be reached, or did not answer in time.
    #[error(
        "cannot {what}: the cluster does not answer ({why}); is it up, and is this machine's way \
         to it?"
    )]
    Silent {
        /// What was tried.
        what: String,
        /// The innermost cause, or how long was waited.
        why: String,
        /// The client's error; `None` after a timeout.
        #[source]
        source: Option<Box<kube::Error>>,
    },
    /// The watches did not list the namespace in time.
    #[error("the namespace cannot be watched: {why}")]
    NotWatched {
        /// What the first of them met.
        why: String,
    },
    /// Every attempt to change an object met another writer.
    #[error("{object} is changed by somebody else all the time")]
    Contended {
        /// Kind and name.
        object: String,
    },
    /// Another run has changed the same values of an object and has not restored them.
    #[error(
        "{object} is being changed by run {run} until {expires}; wait, or end it with \
         `brunt revert --run {run}`"
    )]
    InUse {
        /// Kind and name.
        object: String,
        /// The other run's id.
        run: String,
        /// When others may restore the other run's changes.
        expires: jiff::Timestamp,
    },
    /// Two faults would change a value and a part of it, which could not be restored one by one.
    #[error(
        "{object} is being changed at {path} by another fault ({slot}); let that one end first, or \
         leave one of them out"
    )]
    Overlap {
        /// Kind and name.
        object: String,
        /// JSON pointer of the value that is changed already.
        path: String,
        /// The slot of the fault that changed it.
        slot: String,
    },
    /// The run has used up its time, and the watchdog may be restoring its changes.
    #[error("the run's time is over, so nothing is changed any more")]
    RunOver,
    /// The run's maximum duration leads beyond the dates that can be written.
    #[error("the run lasts too long: {0}")]
    TooLong(#[source] jiff::Error),
    /// A record on an object cannot be read, so that its changes cannot be restored.
    #[error("the annotation {annotation} cannot be read ({source}); restore its values by hand")]
    UnreadableRecord {
        /// The annotation that holds the record.
        annotation: String,
        /// Why it is no record.
        source: serde_json::Error,
    },
    /// An object cannot be converted to or from JSON.
    #[error("cannot {what}: {source}")]
    InvalidObject {
        /// What was tried.
        what: String,
        /// Where the JSON does not fit.
        source: serde_json::Error,
    },
    /// A manifest is not YAML, or holds something that is no object of Kubernetes.
    #[error("this is no manifest: {why}")]
    InvalidManifest {
        /// What is wrong with it.
        why: String,
        /// The parser's error; `None` where YAML is fine and the object is not.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Another field manager owns a field that is to be applied.
    #[error(
        "cannot {what}: {source}. Somebody else has set this and may rely on it; brunt does not \
         take it over. Put it back, or delete the object, and try again"
    )]
    ForeignField {
        /// What was tried.
        what: String,
        /// The conflict, which names the field and its manager.
        source: Box<KubeError>,
    },
    /// A pod of brunt's own does not start.
    #[error("{pod} does not run ({why}); {remedy}")]
    PodNotRunning {
        /// Which pod, by its role.
        pod: String,
        /// What its status says.
        why: String,
        /// What to do about it, and its last output if there is any.
        remedy: String,
    },
    /// No edge proxy can take a callee's place.
    #[error("calls to {callee} can be neither broken nor counted: {source}")]
    NoEdgeProxy {
        /// The service that is called.
        callee: String,
        /// What is in the way.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes for the token of an edge proxy")]
    NoRandomness,
    /// An edge proxy could not be reached, or did not do what it was asked.
    #[error("the edge proxy before {callee}: {why}")]
    EdgeProxy {
        /// The service before which it is installed.
        callee: String,
        /// What went wrong.
        why: String,
        /// The connection's error; `None` when the proxy itself refused.
        #[source]
        source: Option<std::io::Error>,
    },
    /// A stream to a pod (port-forward, exec) broke.
    #[error("{what}: {why}")]
    Stream {
        /// What it was for.
        what: String,
        /// What went wrong.
        why: String,
        /// The stream's error; `None` when it ended too early without one.
        #[source]
        source: Option<std::io::Error>,
    },
    /// A service has not become ready within its bound.
    #[error(
        "{service}: {ready} of {wanted} replicas are ready after {seconds} s{}; \
         `kubectl -n {namespace} describe {describe}` says why",
        if ready >= wanted { ", but its controller still replaces some" } else { "" }
    )]
    NotReady {
        /// The service of the system file.
        service: String,
        /// Replicas that get requests.
        ready: u32,
        /// Replicas that should.
        wanted: u32,
        /// The bound, in seconds.
        seconds: u64,
        /// Kind and name of its workload, as kubectl takes them.
        describe: String,
        /// The namespace of the system.
        namespace: String,
    },
    /// Pods without a readiness probe do not answer what it asked.
    #[error(
        "{service} is not served after {seconds} s: without its readiness probe, {served} of \
         {pods} pods answer GET {path}; the load would fail because of that alone"
    )]
    NotServed {
        /// The service of the system file.
        service: String,
        /// Pods that answer.
        served: usize,
        /// Pods that run.
        pods: usize,
        /// What the probe asked for.
        path: String,
        /// The bound, in seconds.
        seconds: u64,
    },
    /// An autoscaler has not scaled in within its bound.
    #[error(
        "{service} has {replicas} replicas after {seconds} s, and {least} at rest: something else \
         puts load on it, so that nothing could be said about what scales it out"
    )]
    NotScaledIn {
        /// The service of the system file.
        service: String,
        /// Replicas that its autoscaler asks for.
        replicas: u32,
        /// Replicas without load.
        least: u32,
        /// The bound, in seconds.
        seconds: u64,
    },
    /// A load worker does not do what it should.
    #[error("{worker} {why}")]
    LoadWorker {
        /// Which one, counted from 1, of how many.
        worker: String,
        /// What is wrong with it.
        why: String,
    },
    /// A load worker left no log that is whole.
    #[error("{worker}: {source}")]
    WorkerLog {
        /// Which one, counted from 1, of how many.
        worker: String,
        /// How it ended, or why its log cannot be read.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no image of brunt that the cluster's nodes are known to have.
    #[error("{needed_for}: name an image of brunt that the nodes have by --image{or_else}")]
    NoImage {
        /// What cannot be done without it, as a sentence.
        needed_for: String,
        /// What can be done instead of naming one, with its own separator; may be empty.
        or_else: &'static str,
    },
    /// A removed workload is not there again.
    #[error(transparent)]
    RemovedWorkload(#[from] RemovedWorkloadError),
    /// A fault has no effect on a workload, or would have none.
    #[error(transparent)]
    NoEffect(#[from] NoEffectError),
    /// The fault would destroy what nobody could bring back; nothing was touched.
    #[error(transparent)]
    Irreversible(#[from] IrreversibleError),
    /// A run is refused because of one of its faults; nothing was touched.
    #[error("`{fault}` is refused: {source}")]
    RefusedFault {
        /// The fault, as reports show it.
        fault: String,
        /// Why it is refused.
        source: Box<KubeError>,
    },
    /// A Secret does not hold the value that a request refers to.
    #[error("Secret {secret} has {why}")]
    UnfitSecret {
        /// The name of the Secret.
        secret: String,
        /// What it lacks, with the keys that it has.
        why: String,
    },
    /// A program in a pod did not do what it was started for.
    #[error("nothing could be run in pod {pod}: {source}")]
    Program {
        /// The pod's name.
        pod: String,
        /// What the program did instead.
        source: ProgramError,
    },
    /// No pod with these labels is ready to take a connection.
    #[error("no pod with the labels {selector} is ready")]
    NoReadyPod {
        /// The labels, as a selector is written.
        selector: String,
    },
    /// A container does not say at which port it serves.
    #[error("the pods with the labels {selector} name no port in their container")]
    NoContainerPort {
        /// The labels, as a selector is written.
        selector: String,
    },
    /// Deleted objects are still there.
    #[error("not everything is gone after {seconds} s: kubectl get all -n {namespace}")]
    NotGone {
        /// How long was waited, in seconds.
        seconds: u64,
        /// The namespace that they are in.
        namespace: String,
    },
    /// A manifest lacks an object that is to be changed in it.
    #[error("there is no {kind} {name} among the objects")]
    NotInManifest {
        /// The object's kind.
        kind: String,
        /// The object's name.
        name: String,
    },
    /// A Service does not lead to the pods that it should lead to.
    #[error("Service {service} does not lead where it should after {seconds} s, but to {found}")]
    WrongEndpoints {
        /// The Service's name.
        service: String,
        /// How long was waited, in seconds.
        seconds: u64,
        /// The pods that it leads to, separated by commas; "nothing" if there are none.
        found: String,
    },
}

impl KubeError {
    /// An object that could not be converted.
    pub(crate) fn invalid(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Self {
        let what = what.into();
        move |source| Self::InvalidObject { what, source }
    }

    /// Whether the object is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Answer { code: 404, .. })
    }

    /// Whether the object was changed in between.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }
}
