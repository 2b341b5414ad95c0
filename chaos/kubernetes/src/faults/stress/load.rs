//! How much stress there is.

/// What each replica's stress uses up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StressLoad {
    /// How many processors to keep busy.
    pub(crate) cpu: u32,
    /// How much memory to hold, in MiB.
    pub(crate) memory: u32,
}
