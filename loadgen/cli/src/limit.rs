//! The highest rate that a server bears: what must hold, and a search for the rate up to which it
//! does.
//!
//! Both are pure. Whoever searches puts the load on and tells what came of it.

mod search;
mod slo;
mod step;

pub(crate) use search::{Came, Found, Next, Search};
pub use slo::{Claim, Slo};
pub use step::Step;

#[cfg(test)]
mod tests;
