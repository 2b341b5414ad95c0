//! Labels and annotations of Argo Rollouts.

/// The label of pods that names their version. The controller also adds it to the
/// selectors of Services.
pub(crate) const VERSION_LABEL: &str = "rollouts-pod-template-hash";

/// The annotation of a Service that says which Rollout decides where it leads.
pub(crate) const MANAGED_BY: &str = "argo-rollouts.argoproj.io/managed-by-rollouts";
