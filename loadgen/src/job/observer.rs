//! What a job's observer receives.

use std::time::Duration;

use brunt_scenarios::timeline::Failure;

use crate::transport::HttpVersion;

/// A request that has ended, as an observer receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletedRequest {
    /// Its index in [`Job::requests`](crate::Job::requests).
    pub request: usize,
    /// The version of HTTP that was spoken.
    pub version: HttpVersion,
    /// The reply's status, if there was a reply.
    pub status: Option<u16>,
    /// Why it failed; `None` for a good reply.
    pub failure: Option<Failure>,
    /// The length of the reply's body, in bytes.
    pub length: u64,
    /// The time from sending it to the end of its reply, without any wait before it was sent.
    pub took: Duration,
}
