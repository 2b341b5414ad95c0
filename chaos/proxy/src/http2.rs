//! HTTP/2 with prior knowledge, and gRPC: each stream is a request that faults can hit.

mod duplicate;
mod fault_changes;
mod fault_reply;
mod frame;
mod from_callee;
mod from_caller;
mod header_block;
mod header_list;
mod held_frames;
mod outbox;
mod relay;
mod request_info;
mod settings;
mod stream;
mod violation;

pub(crate) use frame::PREFACE;
pub(crate) use relay::relay;
