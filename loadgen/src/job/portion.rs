//! Which part of a load one of several generators makes.

/// Which part of a load a generator puts on: every n-th arrival, or every n-th user, where n
/// generators share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// The generator's number, from 0.
    pub number: usize,
    /// How many generators there are; at least 1.
    pub of: usize,
}

impl Portion {
    /// All of it.
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}
