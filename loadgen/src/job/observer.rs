//! What a job's observer sees of each request.

use std::time::Duration;

use brunt_scenarios::timeline::Failure;

use crate::transport::HttpVersion;

/// What an observer is told of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletedRequest {
    /// Its place among the job's requests.
    pub request: usize,
    /// What was spoken.
    pub version: HttpVersion,
    /// The reply's status, if there was a reply.
    pub status: Option<u16>,
    /// Why it was not good, if it was not.
    pub failure: Option<Failure>,
    /// The length of the reply's body, in bytes.
    pub length: u64,
    /// From sending it to the end of its reply.
    pub took: Duration,
}
