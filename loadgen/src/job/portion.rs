//! The share of a load that one of several generators makes.

/// The share of a load that a generator makes: every n-th arrival, or every n-th user, where n
/// generators share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    /// The generator's number, from 0.
    pub number: usize,
    /// How many generators there are; at least 1.
    pub of: usize,
}

impl Portion {
    /// The whole load, for a generator that is alone.
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}
