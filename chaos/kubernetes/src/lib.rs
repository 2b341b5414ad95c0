//! A system on a Kubernetes cluster: the only crate that names kube.
//!
//! [`Cluster`] is a connection to one namespace. Its client never sends a call again by itself,
//! because a fault that is injected twice is another fault, and a disruption budget's 429 is an
//! answer; and every call ends within a bound.
//!
//! [`KubeSystem`] is a system for the length of one run: what faults do to it, and what is seen of
//! it. What it changes it notes in the same patch, on the changed object: how that was, the run,
//! and until when the run may take. What puts things back reads these notes and nothing else, so
//! that anybody can: the run itself, [`revert`] by hand, or the Job that stands in the cluster
//! before the first fault does.

mod apply;
mod ask;
mod between;
mod change;
mod connect;
#[cfg(test)]
mod conversation;
mod dead_man;
mod error;
mod leave;
mod manifest;
mod nodes;
mod object;
mod options;
mod placement;
mod platform;
mod prepare;
mod progress;
mod reach;
mod ready;
mod record;
mod removal;
mod revert;
mod scaler;
mod standing;
mod state;
mod system;
mod target;
mod watch;
mod within;
mod workers;
mod workload;

pub use apply::Keep;
pub use connect::{Cluster, Where};
pub use error::KubeError;
pub use leave::Leaf;
pub use manifest::Manifest;
pub use options::{Options, Order, Touch};
pub use revert::{Reverted, Which, revert};
pub use standing::Standing;
pub use system::{KubeSystem, MARGIN, inform};
pub use watch::Gap;
pub use workers::{Work, Workers};
