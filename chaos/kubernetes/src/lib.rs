//! A system on a Kubernetes cluster: the only crate that names kube.
//!
//! [`Cluster`] is a connection to one namespace. Its client never sends a call again by itself, because a fault that is
//! injected twice is another fault, and a disruption budget's 429 is an answer; and every call ends within a bound.

mod connect;
mod error;

pub use connect::{Cluster, Where};
pub use error::KubeError;
