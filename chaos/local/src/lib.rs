//! A system as processes on this machine, with what Kubernetes would do for it there.
//!
//! Each replica is a process on its own port. It is sent requests while its readiness probe
//! succeeds, is restarted when its liveness probe fails or when it ends, and is replaced one after
//! another in a rollout. Between the services, and in front of each, stands a proxy (`brunt-proxy`)
//! that balances over the ready replicas.
//!
//! A process takes three things from the supervisor with it: it is killed when the supervisor's
//! thread that started it ends, its process group is known to a reaper process that outlives a
//! supervisor that is killed, and whatever it leaves running is killed when it ends: its process
//! group, and daemons, which are known by a variable in their environment. Only a program that
//! clears its environment as well escapes. If supervisor and reaper are killed at once, daemons are
//! ended when the next system starts.
//!
//! What is not as in a cluster:
//! - A change of the endpoints holds at once; it does not take time to reach every node.
//! - The proxies balance requests, not connections.
//! - A replica that starts is probed every 50 ms until it is ready for the first time.
//! - A killed replica of a service whose strategy is `Recreate` has gone before its replacement
//!   starts, since two processes of one machine would meet at the same store.

mod autoscaling;
mod back_off;
mod data_folder;
mod error;
mod events;
mod exec_probe;
mod first_ready;
mod free_ports;
mod grpc_health;
mod launch_spec;
mod listening_process;
mod local_edge;
mod log_tail;
mod made_by_brunt;
mod network;
mod options;
mod own_file;
mod own_folder;
mod pre_exec;
mod preflight;
mod probe;
mod probe_streak;
mod process_groups;
mod process_marks;
mod process_usage;
mod readiness;
mod reaper;
mod reconcile;
mod replica;
mod replica_address;
mod replica_get;
mod service_context;
mod signals;
mod spawner;
mod status;
mod supervisor;
mod system;
mod target;
mod unverified_tls;
mod workload;

pub use brunt_faults::Observed;
pub use error::LocalError;
pub use made_by_brunt::{note_folder, remove_folder};
pub use options::{Options, Ports};
pub use own_file::replace as replace_file;
pub use own_folder::refuse_links;
pub use reaper::reap;
pub use status::{ReplicaPhase, ReplicaStatus, ServiceStatus};
pub use system::LocalSystem;
