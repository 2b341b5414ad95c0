//! A system on a Kubernetes cluster: the only crate that names kube.
//!
//! [`Cluster`] is a connection to one namespace. Its client never sends a call again by itself,
//! because a fault that is injected twice is another fault, and a disruption budget's 429 is an
//! answer; and every call ends within a bound.
//!
//! [`ClusterRun`] is a system for the length of one run: what faults do to it, and what is seen of
//! it. What it changes it notes in the same patch, on the changed object: how that was, the run,
//! and until when the run may take. What puts things back reads these notes and nothing else, so
//! that anybody can: the run itself, [`revert`] by hand, or the Job that stands in the cluster
//! before the first fault does.

mod changes;
mod client;
mod edge_proxy;
mod faults;
mod observe;
mod run;
mod workers;

pub use changes::revert::{Reverted, RunSelector, revert};
pub use client::apply::Keep;
pub use client::connect::{Cluster, ClusterTarget};
pub use client::error::KubeError;
pub use client::manifest::Manifest;
pub use client::object::ChangeMode;
pub use client::report_configmap::ReportFile;
pub use observe::rollout_status::WorkloadStatus;
pub use observe::watcher::WatchGap;
pub use run::options::{ClusterRunOptions, Watchdog};
pub use run::{ClusterRun, REVERT_MARGIN, load_live_spec};
pub use workers::{LoadJob, LoadWorkers};
