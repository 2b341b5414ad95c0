//! Load workers inside the cluster: an indexed Job whose pods get their commands over their
//! standard input, and leave what they have recorded in their logs.
//!
//! What they do is not known here: a task goes in as a text, a log comes out as one. A worker
//! echoes each command, which is how its distance is measured, and stops when its standard input
//! ends, so that no load outlives its controller.

mod attach;
mod exit;
pub(crate) mod job;
pub(crate) mod load_workers;
mod start;
