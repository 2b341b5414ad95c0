//! When requests start: one model a file.

mod closed;
mod dispatch;
mod open;
mod timetable;
mod visitor;

pub(crate) use closed::{closed, drawn};
pub(crate) use dispatch::Dispatch;
pub(crate) use open::open;
pub use timetable::Timetable;
