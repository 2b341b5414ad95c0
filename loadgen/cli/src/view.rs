//! What is seen of a load while it runs, on a terminal.
//!
//! [`State`] learns from snapshots and draws itself; neither touches the world. [`Terminal`] is the
//! one that does, and it gives the terminal back however the view ends.

mod columns;
mod draw;
mod state;
mod terminal;

pub(crate) use state::{Setting, State};
pub(crate) use terminal::{Terminal, Wish, is_there};

#[cfg(test)]
mod tests;
