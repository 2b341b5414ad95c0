//! Why a request has no outcome, other than by the answer of the service that was asked.

use http::StatusCode;

use crate::rest::Problem;
use crate::store::StoreError;

/// Why a request has no outcome. `&'static str` fields are the command's
/// [`NOUN`](super::ReservedCommand::NOUN) or [`NOT_DONE`](super::ReservedCommand::NOT_DONE).
#[derive(Debug, thiserror::Error)]
pub enum ReserveError<R> {
    /// The request itself is refused.
    #[error(transparent)]
    Rejected(R),
    /// The client's key belongs to another request.
    #[error("this Idempotency-Key was used for another {0}")]
    KeyReused(&'static str),
    /// An attempt with the client's key is open, and duplicates are refused.
    #[error("the {0} with this Idempotency-Key is in progress; try again shortly")]
    InProgress(&'static str),
    /// The outcome with the client's key was removed since.
    #[error("there is no such {0}")]
    OutcomeRemoved(&'static str),
    /// The attempt was canceled or released before its confirmation was known.
    #[error("{0}, as it took too long; try again shortly")]
    TooLate(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<R: std::error::Error + Into<Problem>> From<ReserveError<R>> for Problem {
    fn from(error: ReserveError<R>) -> Self {
        let message = error.to_string();
        match error {
            ReserveError::Rejected(rejection) => rejection.into(),
            ReserveError::KeyReused(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            ReserveError::InProgress(_) => Self::conflict(message).retry_after(1),
            ReserveError::OutcomeRemoved(_) => Self::not_found(message),
            ReserveError::TooLate(_) => Self::unavailable(message),
            ReserveError::Store(error) => error.into(),
        }
    }
}
