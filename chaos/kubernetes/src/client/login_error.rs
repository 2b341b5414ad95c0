//! Why the cluster does not let this account in, with what to do about it.

use kube::client::AuthError;
use thiserror::Error;

/// The kubeconfig names an account that the cluster does not accept, or that cannot be logged in.
#[derive(Debug, Error)]
pub enum LoginError {
    /// The API server answered 401.
    #[error(
        "cannot {what}: the cluster does not know who asks ({why}). The token or certificate of \
         this context has expired, or is another cluster's: log in again, or name another context \
         by --context"
    )]
    NotKnown {
        /// What was tried.
        what: String,
        /// The API server's message.
        why: String,
    },
    /// The program by which the kubeconfig logs in cannot be started.
    #[error(
        "the kubeconfig logs in by the program `{program}`, which cannot be run ({why}); install \
         it, and make sure that it is on PATH"
    )]
    NoPlugin {
        /// The program's name.
        program: String,
        /// The operating system's message.
        why: String,
    },
    /// The program by which the kubeconfig logs in has failed.
    #[error(
        "the kubeconfig logs in by the program `{program}`, which failed ({why}); log in again as \
         it asks"
    )]
    PluginFailed {
        /// The program's name.
        program: String,
        /// Its exit status, and the last line that it wrote.
        why: String,
    },
    /// Anything else about the account in the kubeconfig.
    #[error("the account of the kubeconfig cannot be used: {why}; see its `users`")]
    Unusable {
        /// What is wrong, in the client's words.
        why: String,
    },
}

impl LoginError {
    /// What the client met when it logged in by the program of the kubeconfig, if there is one.
    pub(super) fn of(error: &AuthError, program: Option<&str>) -> Self {
        let program = program.unwrap_or("of its `users`").to_owned();
        match error {
            AuthError::AuthExecStart(why) => Self::NoPlugin { program, why: why.to_string() },
            AuthError::AuthExecRun { out, .. } => {
                let said = String::from_utf8_lossy(&out.stderr);
                let last = said.lines().rev().find(|line| !line.trim().is_empty());
                let said = last.map_or(String::new(), |line| format!(": {}", line.trim()));
                Self::PluginFailed { program, why: format!("{}{said}", out.status) }
            }
            AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
                Self::PluginFailed { program, why: error.to_string() }
            }
            error => Self::Unusable { why: error.to_string() },
        }
    }

    /// The same, if that is what a call met: tokens are renewed while a run goes on.
    pub(super) fn within(error: &kube::Error) -> Option<Self> {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(one) = cause {
            if let Some(error) = one.downcast_ref::<AuthError>() {
                return Some(Self::of(error, None));
            }
            cause = one.source();
        }
        None
    }
}
