//! What a watchdog may have to revert.

/// What the watchdog must be able to revert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WatchdogScope {
    /// Nodes, besides objects of the namespace.
    pub(crate) nodes: bool,
    /// Objects of these namespaces, besides the run's own.
    pub(crate) others: Vec<String>,
    /// Argo's Rollouts, which not every cluster knows.
    pub(crate) rollouts: bool,
    /// Workloads that a fault removes. Rights on the Secret that vouches for their copies are asked
    /// for where they are needed alone.
    pub(crate) removed: bool,
}
