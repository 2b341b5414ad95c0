//! The beginning of a body, kept in memory within a bound.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};

use crate::kept_body::KeptBody;

/// The most that is kept of a body so that it can be sent again, in bytes. Whoever can send a
/// request must not decide how much memory that takes.
pub(crate) const LONGEST_KEPT: usize = 1024 * 1024;

/// What has been read of a body.
pub(crate) struct BegunBody {
    pub(crate) read: Bytes,
    /// What followed it, such as a checksum.
    trailers: Option<HeaderMap>,
    /// Whether that is all of it.
    pub(crate) is_whole: bool,
}

impl BegunBody {
    /// A whole body, to be sent more than once.
    pub(crate) fn kept(self) -> KeptBody {
        KeptBody::new(self.read, self.trailers)
    }
}

/// Reads a body until its end, or until it has more than [`LONGEST_KEPT`]; not at all when its
/// length is known to be more.
///
/// # Errors
/// When its sender broke off.
pub(crate) async fn read_ahead(body: &mut Incoming) -> hyper::Result<BegunBody> {
    if body.size_hint().lower() > LONGEST_KEPT as u64 {
        return Ok(BegunBody { read: Bytes::new(), trailers: None, is_whole: false });
    }
    let (mut read, mut trailers) = (BytesMut::new(), None);
    while read.len() <= LONGEST_KEPT {
        match body.frame().await.transpose()?.map(Frame::into_data) {
            Some(Ok(data)) => read.extend(data),
            Some(Err(other)) => trailers = other.into_trailers().ok(),
            None => return Ok(BegunBody { read: read.freeze(), trailers, is_whole: true }),
        }
    }
    Ok(BegunBody { read: read.freeze(), trailers, is_whole: false })
}
