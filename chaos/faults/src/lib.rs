//! Faults, one a file in `faults/`, each with how it is injected and how it is recovered from.
//!
//! [`inject`] looks at the target first and refuses a fault that would take away more than the
//! limits allow, before anything is touched. What it returns knows how to recover: undoing is part
//! of the contract. What a fault is injected into, local processes or a cluster, is behind
//! [`FaultTarget`]; what only a platform like Kubernetes can do is behind [`PlatformTarget`],
//! [`NodeTarget`] and [`ReplicaSelector`].
//!
//! A new fault is a file in `faults/` and an arm in `inject.rs`.

mod effect;
mod error;
mod faults;
mod inject;
mod limits;
mod observed;
mod pick;
mod target;

pub use effect::Effect;
pub use error::{FaultError, TargetError, with_causes};
pub use inject::{InjectedFault, inject, inject_where};
pub use limits::Limits;
pub use observed::Observed;
pub use target::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, NoPlatform, NoProcesses, Node, NodeEffect,
    NodeTarget, PlatformTarget, ProcessTarget, Replica, ReplicaSelector,
};
