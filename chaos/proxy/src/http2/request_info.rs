//! What is known of a request.

use super::header_list::HeaderList;

/// What a request's head says of it.
#[derive(Debug)]
pub(super) struct RequestInfo {
    pub(super) is_grpc: bool,
}

impl RequestInfo {
    pub(super) fn of(headers: &HeaderList) -> Self {
        let content_type = headers.get(b"content-type").unwrap_or_default();
        Self { is_grpc: content_type.starts_with(b"application/grpc") }
    }
}
