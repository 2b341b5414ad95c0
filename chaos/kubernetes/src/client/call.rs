//! Calling the API server: every call ends within a bound, and an error says what was tried.

use std::future::Future;
use std::time::Duration;

use super::error::KubeError;

/// How long any single call may take. Watches, logs and streams are opened within this time and may
/// then stay open.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Makes a call that ends in time. `what` completes the sentence "cannot …".
///
/// # Errors
/// When the API server refuses, cannot be reached, or does not answer within [`CALL_TIMEOUT`].
pub(crate) async fn call_api<T>(
    what: &str,
    call: impl Future<Output = kube::Result<T>>,
) -> Result<T, KubeError> {
    match tokio::time::timeout(CALL_TIMEOUT, call).await {
        Ok(answer) => answer.map_err(|error| KubeError::from_client(what, error)),
        Err(_) => Err(KubeError::Silent {
            what: what.to_owned(),
            why: format!("nothing in {} s", CALL_TIMEOUT.as_secs()),
            source: None,
        }),
    }
}
