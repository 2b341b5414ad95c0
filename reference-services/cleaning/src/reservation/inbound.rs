//! Inbound adapters: REST and gRPC.

pub(super) mod grpc;
pub(super) mod rest;
