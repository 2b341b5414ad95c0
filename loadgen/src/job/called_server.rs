//! A server as a job calls it.

use crate::address::Address;

/// A server, and what is spoken with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalledServer {
    pub address: Address,
    /// Whether it is called by gRPC, and so in HTTP/2, whatever else the job speaks.
    pub grpc: bool,
}
