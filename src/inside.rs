//! Load from inside a cluster: what its workers are told and say, and how what they recorded
//! becomes one record.

mod crew;
mod said;
mod task;

pub use crew::Crew;
pub use said::Said;
pub use task::Task;
