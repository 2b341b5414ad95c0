//! A span, as it is exported.

use std::time::SystemTime;

use super::context::TraceContext;

/// What part a span plays, with OTLP's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The service answers a request.
    Server = 2,
    /// The service calls another one.
    Client = 3,
    /// The service handles an event.
    Consumer = 5,
}

/// A span as it is exported.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) context: TraceContext,
    pub(super) parent: Option<TraceContext>,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) began: SystemTime,
    pub(super) ended: SystemTime,
    pub(super) failed: bool,
    pub(super) attributes: Vec<(&'static str, String)>,
}
