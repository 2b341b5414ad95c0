//! The engine against servers that behave, misbehave and freeze.
#![allow(clippy::unwrap_used, reason = "what tests have in common is test code, too")]

#[path = "engine/abuse.rs"]
mod abuse;
#[path = "engine/arrivals.rs"]
mod arrivals;
#[path = "engine/endings.rs"]
mod endings;
#[path = "engine/frames.rs"]
mod frames;
#[path = "engine/http2.rs"]
mod http2;
#[path = "engine/http2_abuse.rs"]
mod http2_abuse;
#[path = "engine/http2_server.rs"]
mod http2_server;
#[path = "engine/jobs.rs"]
mod jobs;
#[path = "engine/misbehaviour.rs"]
mod misbehaviour;
#[path = "engine/names.rs"]
mod names;
#[path = "engine/proxy.rs"]
mod proxy;
#[path = "engine/server.rs"]
mod server;
#[path = "engine/tls.rs"]
mod tls;
#[path = "engine/tls_openssl.rs"]
mod tls_openssl;
#[path = "engine/unix.rs"]
mod unix;
#[path = "engine/uploads.rs"]
mod uploads;
#[path = "engine/wires.rs"]
mod wires;
