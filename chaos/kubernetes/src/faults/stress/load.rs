//! How much stress there is.

/// What each replica's stress uses up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StressLoad {
    /// In processors.
    pub(crate) cpu: u32,
    /// In MiB.
    pub(crate) memory: u32,
}
