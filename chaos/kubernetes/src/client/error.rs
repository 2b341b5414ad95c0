//! What goes wrong between brunt and a cluster, with what to do about it.

use std::future::Future;
use std::time::Duration;

use thiserror::Error;

/// How long any single call may take.
const CALL: Duration = Duration::from_secs(20);

/// A cluster could not do what it was asked, or could not be asked.
#[derive(Debug, Error)]
pub enum KubeError {
    /// There is no usable configuration.
    #[error(
        "there is no way to a cluster: {0}; set KUBECONFIG, or give --context, or run inside a pod with a service account"
    )]
    Configuration(String),
    /// The kubeconfig has no such context.
    #[error("the kubeconfig has no context `{context}` (it has: {known})")]
    NoContext {
        /// What was asked for.
        context: String,
        /// What there is.
        known: String,
    },
    /// There is no such namespace.
    #[error(
        "there is no namespace `{0}`; make it with `kubectl create namespace {0}`, or name another by --namespace"
    )]
    NoNamespace(String),
    /// There is no such workload.
    #[error(
        "the namespace {namespace} has no Deployment or StatefulSet for the service `{service}` (looked for {looked_for})"
    )]
    NoWorkload {
        /// The service of the system file.
        service: String,
        /// Where it was looked for.
        namespace: String,
        /// Under which names.
        looked_for: String,
    },
    /// The caller may not do it.
    #[error(
        "not allowed to {what}: {why}; see manifests/components/controller for what the controller needs"
    )]
    Forbidden {
        /// What was tried.
        what: String,
        /// What the API server said.
        why: String,
    },
    /// A disruption budget does not let it happen now. An answer, not a failure of the call.
    #[error("the cluster refused to {what} for now: {why}")]
    Refused {
        /// What was tried.
        what: String,
        /// What the API server said.
        why: String,
    },
    /// The API server said no.
    #[error("cannot {what}: {why} ({code})")]
    Answer {
        /// What was tried.
        what: String,
        /// The HTTP status.
        code: u16,
        /// What the API server said.
        why: String,
    },
    /// The object was changed in between.
    #[error("cannot {what}: it was changed at the same time ({why})")]
    Changed {
        /// What was tried.
        what: String,
        /// What the API server said.
        why: String,
    },
    /// Nobody answered.
    #[error(
        "cannot {what}: the cluster does not answer ({why}); is it up, and is this machine's way to it?"
    )]
    Silent {
        /// What was tried.
        what: String,
        /// How that showed.
        why: String,
    },
    /// Something is not as it must be, in words.
    #[error("{0}")]
    Other(String),
}

impl KubeError {
    /// Makes a call that ends in time, and says in words what went wrong.
    pub(crate) async fn bounded<T>(
        what: &str,
        call: impl Future<Output = kube::Result<T>>,
    ) -> Result<T, Self> {
        match tokio::time::timeout(CALL, call).await {
            Ok(answer) => answer.map_err(|error| Self::of(what, error)),
            Err(_) => Err(Self::Silent {
                what: what.to_owned(),
                why: format!("nothing in {} s", CALL.as_secs()),
            }),
        }
    }

    /// What a client's error means.
    pub(crate) fn of(what: &str, error: kube::Error) -> Self {
        let what = what.to_owned();
        match error {
            kube::Error::Api(status) => {
                let why = if status.message.is_empty() {
                    status.reason.clone()
                } else {
                    status.message.clone()
                };
                match status.code {
                    401 | 403 => Self::Forbidden { what, why },
                    429 => Self::Refused { what, why },
                    409 if status.reason != "AlreadyExists" => Self::Changed { what, why },
                    // A test in a JSON patch that does not hold names no cause; what is not valid
                    // does.
                    422 if status
                        .details
                        .as_ref()
                        .is_none_or(|details| details.causes.is_empty()) =>
                    {
                        Self::Changed { what, why }
                    }
                    code => Self::Answer { what, code, why },
                }
            }
            error => Self::Silent { what, why: innermost(&error) },
        }
    }

    /// Whether the object is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Answer { code: 404, .. })
    }

    /// Whether the object was changed in between.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }
}

/// The innermost cause is what a user can act on.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
