//! The gRPC messages, client and server that proto/order.proto describes, made by build.rs.
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, reason = "generated")]

tonic::include_proto!("brunt.fooddelivery.v1");

pub(crate) const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
