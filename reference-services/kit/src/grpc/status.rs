//! Refusals as gRPC statuses.

use std::time::Duration;

use http::StatusCode;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::rest::Problem;

/// `RetryInfo` says when to retry, as Retry-After does.
impl From<Problem> for Status {
    fn from(problem: Problem) -> Self {
        let retry_after =
            problem.retry_after_seconds().map(|seconds| Duration::from_secs(seconds.into()));
        let code = match (problem.status(), retry_after) {
            (StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY, _) => {
                Code::InvalidArgument
            }
            (StatusCode::NOT_FOUND, _) => Code::NotFound,
            // Not in this state now, but shortly it may be.
            (StatusCode::CONFLICT, Some(_)) => Code::Aborted,
            (StatusCode::CONFLICT, None) => Code::FailedPrecondition,
            (StatusCode::SERVICE_UNAVAILABLE, _) => Code::Unavailable,
            _ => Code::Internal,
        };
        match retry_after {
            Some(delay) => {
                let details = ErrorDetails::with_retry_info(Some(delay));
                Self::with_error_details(code, problem.message(), details)
            }
            None => Self::new(code, problem.message()),
        }
    }
}
