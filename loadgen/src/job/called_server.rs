//! A server as a job calls it.

use crate::address::Address;

/// A server and the protocol it is called in. One that is called by both HTTP and gRPC counts as
/// two, with connections of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CalledServer {
    pub address: Address,
    /// Whether it is called by gRPC, and so over HTTP/2, whatever version the job's transport says.
    pub grpc: bool,
}
