//! Why a service did not reply.

/// Why a service did not reply.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The service with this name is not reachable from here.
    #[error("{0} has no address")]
    NoAddress(String),
    /// This gRPC method was to be called by a step.
    #[error("{0} can be called by loads only")]
    OnlyForLoads(String),
    /// The time limit of the request passed.
    #[error("no answer in time")]
    Timeout(#[source] reqwest::Error),
    /// The reply has more bytes than are read.
    #[error("a reply of more than 64 MiB")]
    TooLong,
    /// The connection failed, or broke.
    // Its innermost cause is what a user can act on: "Connection refused", not "error sending
    // request".
    #[error("{}", innermost(.0))]
    Http(#[source] reqwest::Error),
}

impl From<reqwest::Error> for ExchangeError {
    fn from(error: reqwest::Error) -> Self {
        match error.is_timeout() {
            true => Self::Timeout(error),
            false => Self::Http(error.without_url()),
        }
    }
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
