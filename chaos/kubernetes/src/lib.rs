//! Systems on a Kubernetes cluster: the only crate that names kube.
//!
//! [`Cluster`] is a connection to one namespace. Its client never repeats a call by itself, because
//! a fault that is injected twice is another fault, and a disruption budget's 429 is an answer.
//! Every call ends within a bound.
//!
//! [`ClusterRun`] is a system for the length of one run: faults are injected into it, and what
//! happens to it is observed. Each change is recorded on the changed object in the same patch: the
//! values before and after, the run, and when it expires. Reverting needs these records and nothing
//! else, so that the run itself can do it, [`revert`] by hand, or the watchdog Job, which runs in
//! the cluster before the first fault is injected.
//!
//! # Rooms
//!
//! Each room may use those before it, and none after it:
//!
//! | room | what |
//! |---|---|
//! | `client` | the connection and each way of calling the API server; `write` makes every change |
//! | `observe` | what is seen: watches, the state that they fold into, pods, workloads |
//! | `changes` | recorded changes, restoring them, the watchdog |
//! | `faults` | one fault a file |
//! | `edge_proxy` | proxies between two services |
//! | `workers` | load from inside the cluster |
//! | `run` | one run, which owns all of this |

mod changes;
mod client;
mod edge_proxy;
mod faults;
mod observe;
mod run;
mod workers;

pub use changes::changer::REVERT_MARGIN;
pub use changes::leftovers::{LeftRun, Leftovers, find_leftovers};
pub use changes::revert::{revert, revert_in, revert_left};
pub use changes::selection::{Reverted, RunSelector};
pub use client::apply::Retain;
pub use client::connect::{Cluster, ClusterTarget};
pub use client::error::KubeError;
pub use client::irreversible_error::IrreversibleError;
pub use client::login_error::LoginError;
pub use client::manifest::Manifest;
pub use client::no_effect_error::NoEffectError;
pub use client::object::ChangeMode;
pub use client::program_error::ProgramError;
pub use client::removed_workload_error::RemovedWorkloadError;
pub use client::report_configmap::ReportFile;
pub use client::secret::read_secret;
pub use client::unclear_target::UnclearTarget;
pub use edge_proxy::connection_tables::END_OF_CONNECTIONS;
pub use observe::gaps::WatchGap;
pub use observe::live_spec::load_live_spec;
pub use observe::rollout_status::WorkloadStatus;
pub use run::ClusterRun;
pub use run::options::{ClusterRunOptions, Watchdog};
pub use run::preview::{Preview, preview};
pub use workers::job::LoadJob;
pub use workers::load_workers::LoadWorkers;
