//! When requests start: one model a file.

mod closed;
mod dispatch;
mod open;
mod timetable;

pub(crate) use closed::closed;
pub(crate) use dispatch::Dispatch;
pub(crate) use open::open;
pub use timetable::Timetable;
