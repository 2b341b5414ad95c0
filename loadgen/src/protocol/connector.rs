//! The one thing that a protocol needs from above: connections.

use std::cell::RefCell;

use crate::failure::RequestError;
use crate::net::ByteStream;

/// Opens connections to a load's servers, and records how long that took.
///
/// Protocols are generic over it rather than given a trait object: with connections that are
/// closed after each reply, opening one is part of each request.
pub(crate) trait Connector: 'static {
    /// Opens a connection to a server, by its index among the load's.
    async fn open(&self, server: usize) -> Result<ByteStream, RequestError>;

    /// The buffer that bytes are read into: one for all connections of a thread, borrowed only
    /// while bytes are looked at, so that thousands of idle connections cost no buffers.
    fn scratch(&self) -> &RefCell<Box<[u8]>>;
}
