//! The faults. Each file has what is its own: what it hits, what the limits say to that, and what
//! it takes to recover. `on_platform` and `on_nodes` are what the faults of a platform share.

pub(crate) mod autoscale;
pub(crate) mod cordon;
pub(crate) mod drain;
pub(crate) mod edge;
pub(crate) mod evict;
pub(crate) mod kill;
pub(crate) mod kill_container;
pub(crate) mod make_zombie;
pub(crate) mod on_nodes;
pub(crate) mod on_platform;
pub(crate) mod outage;
pub(crate) mod pause;
pub(crate) mod probe;
pub(crate) mod remove;
pub(crate) mod roll_back;
pub(crate) mod rollout;
pub(crate) mod scale;
pub(crate) mod set_config;
pub(crate) mod set_env;
pub(crate) mod stop;
pub(crate) mod stress;
