//! What is watched in a namespace.

use super::workload::Workload;
use crate::client::object::ObjectKind;

/// What is watched in a namespace, each by a watch of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watched {
    Pods,
    Slices,
    Events,
    Deployments,
    StatefulSets,
    ReplicaSets,
    DaemonSets,
    Rollouts,
}

impl Watched {
    /// What to watch because of these workloads. Few systems have any of the last two kinds, and
    /// their accounts may not see them.
    pub(super) fn of<'a>(workloads: impl Iterator<Item = &'a Workload>) -> Vec<Self> {
        let kinds: Vec<ObjectKind> = workloads.map(|one| one.object.kind).collect();
        let rare =
            [(ObjectKind::DaemonSet, Self::DaemonSets), (ObjectKind::Rollout, Self::Rollouts)];
        let rare = rare.into_iter().filter(|(kind, _)| kinds.contains(kind));
        let every = [
            Self::Pods,
            Self::Slices,
            Self::Events,
            Self::Deployments,
            Self::StatefulSets,
            Self::ReplicaSets,
        ];
        every.into_iter().chain(rare.map(|(_, watched)| watched)).collect()
    }
}
