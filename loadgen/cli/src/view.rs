//! A view of a load on the terminal while it runs.
//!
//! [`ViewState`] learns from snapshots and draws itself; neither touches the world.
//! [`ViewTerminal`] is the one that does, and it gives the terminal back however the view ends.

mod columns;
mod draw;
mod state;
mod terminal;

pub(crate) use state::{ViewConfig, ViewState};
pub(crate) use terminal::{KeyCommand, ViewTerminal, has_terminal, restore_terminal};

#[cfg(test)]
mod tests;
