//! Labels, annotations and names by which brunt knows what it has put on a cluster.
//!
//! They must stay readable: what an older brunt has left behind is reverted by a newer one.

/// The label of everything that a run adds to a cluster; its value is the run's id.
pub(crate) const RUN: &str = "brunt.dev/run";

/// The annotation that says until when something that a run has added may stay.
pub(crate) const EXPIRES: &str = "brunt.dev/expires";

/// The label, on objects that are in no namespace, that says to which one they belong.
pub(crate) const NAMESPACE: &str = "brunt.dev/namespace";

/// The label of the ConfigMaps that keep removed workloads.
pub(crate) const HOLDS_REMOVED: &str = "brunt.dev/holds-removed";

/// The label by which a callee's Service selects its edge proxy. A proxy in a callee's place was
/// called a stand-in when this was named.
pub(crate) const EDGE_PROXY: &str = "brunt.dev/stand-in";

/// The prefix of annotations that hold records of changes; what follows is the slot.
pub(crate) const RECORD_PREFIX: &str = "revert.brunt.dev/";
