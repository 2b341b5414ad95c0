//! Why a load cannot be made into a job.

use crate::address::AddressError;
use crate::protocol::grpc::GrpcError;
use crate::protocol::http1::UnsendableRequest;

/// Why a load cannot be made into a job.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A service for which [`JobContext::url`](crate::JobContext) has no address.
    #[error("{0} has no address")]
    Unknown(String),
    /// A base URL that cannot be parsed.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A path or a header that cannot be sent.
    #[error(transparent)]
    Request(#[from] UnsendableRequest),
    /// A gRPC call that cannot be made.
    #[error(transparent)]
    Call(#[from] GrpcError),
}
