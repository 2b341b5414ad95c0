//! What an error of the client or an answer of the API server means.

use super::error::KubeError;
use super::login_error::LoginError;

impl KubeError {
    /// What a client's error means.
    pub(crate) fn from_client(what: &str, error: kube::Error) -> Self {
        let what = what.to_owned();
        match error {
            kube::Error::Api(status) => {
                let why = if status.message.is_empty() {
                    status.reason.clone()
                } else {
                    status.message.clone()
                };
                match status.code {
                    401 => LoginError::NotKnown { what, why }.into(),
                    403 if is_admission(&why) => Self::NotAdmitted { what, why },
                    403 => Self::Forbidden { what, why },
                    429 => Self::Refused { what, why: with_causes(why, &status) },
                    409 if status.reason != "AlreadyExists" => Self::Changed { what, why },
                    // A failed test in a JSON patch is a 422 without causes, while an object that
                    // is not valid names its causes.
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
            error => {
                if let Some(login) = LoginError::within(&error) {
                    return login.into();
                }
                let why = innermost(&error);
                Self::Silent { what, why, source: Some(Box::new(error)) }
            }
        }
    }
}

/// Whether a 403 is about the object, and not about the account.
fn is_admission(why: &str) -> bool {
    let marks = ["exceeded quota", "failed quota", "violates PodSecurity", "admission webhook"];
    let limits = ["usage per Container", "usage per Pod", "limit per Container", "limit per Pod"];
    marks.iter().chain(&limits).any(|mark| why.contains(mark))
}

/// A disruption budget is named in a cause alone.
fn with_causes(why: String, status: &kube::core::Status) -> String {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.fold(why, |why, cause| format!("{why} {}", cause.message).trim_end().to_owned())
}

/// The innermost cause is what a user can act on: "connection refused", not "client error".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
