//! How a run on a cluster is made.

use std::time::Duration;

use crate::client::connect::Where;

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which cluster and namespace.
    pub place: Where,
    /// The run's id, as a part of object names: small letters, digits and hyphens.
    pub run: String,
    /// How long the run may take. [`MARGIN`](crate::MARGIN) later, whoever comes by puts
    /// its changes back.
    pub lasts: Duration,
    /// What puts things back if this process cannot.
    pub dead_man: Order,
    /// Whether anything is changed.
    pub touch: Touch,
    /// Whether nodes may be changed too, which are the whole cluster's.
    pub nodes: bool,
    /// An image of brunt for what the run adds; the system's own unless given, if that is brunt's.
    pub image: Option<String>,
    /// The calls between services, caller and callee, that the run breaks or counts.
    pub between: Vec<(String, String)>,
    /// How long connections between services may take to end that were there before what breaks
    /// or counts them.
    pub patience: Duration,
    /// Services whose autoscalers must have come to rest before the load begins.
    pub at_rest: Vec<String>,
}

/// What puts things back if this process cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// A Job, from this image; from the system's own if it is brunt's, unless one is named.
    Job(Option<String>),
    /// Nothing but `brunt revert`, by hand.
    None,
}

/// Whether anything is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    /// Yes.
    Really,
    /// Every change is only tried by the API server, and noted.
    Dry,
}
