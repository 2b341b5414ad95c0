//! When requests start: the timetable of arrivals, and which connection takes which.

mod dispatch;
mod scheduled_at;
mod share;
mod think_time;
mod timetable;

pub(crate) use dispatch::{Dispatch, Mailbox};
pub(crate) use scheduled_at::ScheduledAt;
pub(crate) use share::WorkerShare;
pub(crate) use think_time::draw_think_time;
pub use timetable::Timetable;
