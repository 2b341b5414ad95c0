//! Load from inside a cluster: the workers, the task that they get, and how their records become
//! one.

mod message;
mod task;
mod workers;

pub use message::WorkerMessage;
pub use task::WorkerTask;
pub use workers::RemoteWorkers;
