//! Judges single requests, for the figures and for the load's observer.

use std::time::Instant;

use brunt_scenarios::timeline::Failure;

use super::server_connection::ServerConnection;
use super::worker_load::WorkerLoad;
use crate::failure::RequestError;
use crate::job::{CompletedRequest, ReplyVerdict};
use crate::protocol::ReplySummary;
use crate::recorder::RequestEnd;

/// Judges a reply to a gRPC call: its `grpc-status` counts. Without one, something before the
/// service answered, such as a proxy.
fn grpc(reply: &ReplySummary, status: Option<u16>) -> (RequestEnd, ReplyVerdict) {
    let failed = |failure| ReplyVerdict { failure: Some(failure), ..ReplyVerdict::default() };
    let ended = RequestEnd::Replied { status: reply.status, length: reply.length };
    match status {
        Some(0) => (ended, ReplyVerdict::default()),
        Some(status) => (ended, failed(Failure::Grpc(status))),
        // A proxy in front of the service answers in HTTP, such as 503 without an upstream: its
        // status says more than that there is no grpc-status.
        None if reply.status != 200 => (ended, failed(Failure::Status(reply.status))),
        None => (
            RequestEnd::Unanswered { cause: "a reply without a grpc-status" },
            failed(Failure::Protocol),
        ),
    }
}

impl WorkerLoad {
    /// How a request ended, and what its reply is worth.
    pub(super) fn judge(
        &self,
        result: &Result<ReplySummary, RequestError>,
        connection: &ServerConnection,
        wrote: bool,
    ) -> (RequestEnd, ReplyVerdict) {
        match result {
            Ok(reply) => {
                let ended = RequestEnd::Replied { status: reply.status, length: reply.length };
                if self.prepared.job.transport.grpc {
                    return grpc(reply, connection.grpc());
                }
                (ended, self.prepared.job.judge(reply.status, connection.body()))
            }
            Err(missed) => {
                let verdict = ReplyVerdict {
                    failure: Some(missed.failure),
                    unknown: wrote,
                    ..ReplyVerdict::default()
                };
                (RequestEnd::Unanswered { cause: missed.cause }, verdict)
            }
        }
    }

    pub(super) fn notify_observer(
        &self,
        which: usize,
        sent: Instant,
        done: Instant,
        ended: &RequestEnd,
        failure: Option<Failure>,
    ) {
        let Some(observer) = &self.prepared.job.observer else {
            return;
        };
        let (status, length) = match ended {
            RequestEnd::Replied { status, length } => (Some(*status), *length),
            RequestEnd::Unanswered { .. } => (None, 0),
        };
        let (version, took) =
            (self.prepared.job.transport.version, done.saturating_duration_since(sent));
        let hit = CompletedRequest { request: which, version, status, failure, length, took };
        // A full channel or one without a receiver must not delay the load.
        let _ = observer.try_send(hit);
    }
}
