//! The whole chain in one process, on free ports: orders from beginning to end.

mod cancel;
mod errors;
mod guards;
mod orders;
mod outages;
mod system;
