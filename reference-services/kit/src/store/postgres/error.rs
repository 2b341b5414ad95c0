//! What the server or the library says, as an error of the store.

use postgres::error::SqlState;

use crate::store::StoreError;

/// An error of the server or the library. The library's own message is only "db error" or "error
/// connecting to server", so its source is part of the message.
#[derive(Debug, thiserror::Error)]
#[error("{}", with_source(.0))]
pub(super) struct ServerError(#[source] pub(super) postgres::Error);

fn with_source(error: &postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        // The server starts or stops, is full, or has ended a stuck transaction: a retry
        // may succeed.
        let passing = [
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ];
        match error.code() {
            Some(code) if !passing.contains(code) => Self::engine(ServerError(error)),
            // Without a code the server has not answered at all.
            _ => Self::unavailable(ServerError(error)),
        }
    }
}
