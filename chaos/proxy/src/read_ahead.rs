//! The beginning of a body, kept in memory within a bound.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

/// The most that is kept of a body so that it can be sent again, in bytes. Whoever can send a
/// request must not decide how much memory that takes.
pub(crate) const LONGEST_KEPT: usize = 1024 * 1024;

/// What has been read of a body.
pub(crate) struct BegunBody {
    pub(crate) read: Bytes,
    /// Whether that is all of it.
    pub(crate) is_whole: bool,
}

/// Reads a body until its end, or until it has more than [`LONGEST_KEPT`]; not at all when its
/// length is known to be more.
///
/// # Errors
/// When its sender broke off.
pub(crate) async fn read_ahead(body: &mut Incoming) -> hyper::Result<BegunBody> {
    if body.size_hint().lower() > LONGEST_KEPT as u64 {
        return Ok(BegunBody { read: Bytes::new(), is_whole: false });
    }
    let mut read = BytesMut::new();
    while read.len() <= LONGEST_KEPT {
        match body.frame().await.transpose()? {
            Some(frame) => read.extend(frame.into_data()),
            None => return Ok(BegunBody { read: read.freeze(), is_whole: true }),
        }
    }
    Ok(BegunBody { read: read.freeze(), is_whole: false })
}
