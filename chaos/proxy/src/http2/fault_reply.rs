//! Replies that a fault makes in the callee's place.

use brunt_scenarios::plan::AbortStatus;
use bytes::BytesMut;

use super::frame::{self, ErrorCode, flag, kind};
use super::header_list::HeaderList;

/// The head of a reply without a body.
pub(super) fn aborted(status: AbortStatus) -> HeaderList {
    let mut reply = HeaderList::default();
    match status {
        AbortStatus::Http(status) => reply.push(b":status", status.to_string().as_bytes()),
        // Of a call that ends before its first message, head and end are one.
        AbortStatus::Grpc(status) => {
            reply.push(b":status", b"200");
            reply.push(b"content-type", b"application/grpc");
            reply.push(b"grpc-status", status.to_string().as_bytes());
            reply.push(b"grpc-message", b"fault injected by brunt");
        }
    }
    reply
}

/// Sends it. A request that has not come to its end is not waited for.
pub(super) fn write(out: &mut BytesMut, id: u32, reply: &HeaderList, has_request_ended: bool) {
    frame::write_block(out, (kind::HEADERS, flag::END_STREAM), id, (b"", &reply.encode()));
    if !has_request_ended {
        frame::write_reset(out, id, ErrorCode::NoError);
    }
}
