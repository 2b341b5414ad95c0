//! Load from inside a cluster: what its workers are told and say, and how what they recorded
//! becomes one record.

mod message;
mod task;
mod workers;

pub use message::WorkerMessage;
pub use task::WorkerTask;
pub use workers::RemoteWorkers;
