//! Putting everything back that runs have left, whoever made them. Doing it again does nothing.

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::api::{DeleteParams, ListParams, PropagationPolicy};
use kube::core::NamespaceResourceScope;
use kube::{Api, Resource, ResourceExt};

use crate::changes::change::{RestoreOutcome, put_back};
use crate::changes::record::{NAMESPACE, RUN, stored_records};
use crate::changes::removed_workload;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{KINDS, ObjectKind, ObjectRef};

/// Which runs' changes are put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// Those of one run.
    Run(String),
    /// Those of all runs whose time is over.
    Expired,
    /// All, also those of runs that still go on.
    All,
}

impl RunSelector {
    fn takes(&self, run: &str, expires: Option<Timestamp>) -> bool {
        match self {
            Self::Run(wanted) => run == wanted,
            Self::Expired => expires.is_some_and(|expires| expires <= Timestamp::now()),
            Self::All => true,
        }
    }

    /// Whether something belongs to one of these runs that a run has added: it says so itself.
    pub(crate) fn means(&self, added: &impl ResourceExt) -> bool {
        let run = added.labels().get(RUN).map_or("", String::as_str);
        self.takes(run, added.annotations().get(EXPIRES).and_then(|text| text.parse().ok()))
    }
}

/// What was put back, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reverted {
    /// Objects that are as they were, and things that were taken away.
    pub done: Vec<String>,
    /// Objects that somebody else has changed meanwhile.
    pub drift: Vec<String>,
    /// What could not be put back, in words.
    pub failed: Vec<String>,
}

impl Reverted {
    /// Whether all is as it was.
    pub fn is_clean(&self) -> bool {
        self.drift.is_empty() && self.failed.is_empty()
    }
}

/// Puts back what runs have changed in the namespace, and on nodes because of it; then takes away
/// what they have added.
pub async fn revert(cluster: &Cluster, which: &RunSelector) -> Reverted {
    revert_as(cluster, which, RevertedBy::Anyone).await
}

/// Who puts things back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RevertedBy {
    /// Somebody who may have fewer rights than who changed them.
    Anyone,
    /// The run itself: what it may not even look at, it has not changed.
    OwnRun,
}

pub(crate) async fn revert_as(cluster: &Cluster, which: &RunSelector, who: RevertedBy) -> Reverted {
    let mut reverted = Reverted::default();
    // What was removed may have been changed before, and carries the notes of that.
    removed_workload::put_all_back(cluster, which, &mut reverted).await;
    for kind in KINDS {
        if let Err(error) = objects(cluster, kind, which, &mut reverted).await {
            // Whoever may not even look at nodes has not changed any.
            let harmless = (kind == ObjectKind::Node || who == RevertedBy::OwnRun)
                && matches!(error, KubeError::Forbidden { .. });
            let silent = matches!(error, KubeError::Silent { .. });
            if !harmless {
                reverted.failed.push(error.to_string());
            }
            // Whoever does not answer will not for the others either.
            if silent {
                return reverted;
            }
        }
    }
    if reverted.failed.is_empty() {
        // What holds the order to put things back goes last, and only when that has been done.
        take_away::<Service>(cluster, "service", which, who, &mut reverted).await;
        take_away::<Pod>(cluster, "pod", which, who, &mut reverted).await;
        rights_on_nodes(cluster, which, &mut reverted).await;
        take_away::<Job>(cluster, "job", which, who, &mut reverted).await;
    }
    reverted
}

async fn objects(
    cluster: &Cluster,
    kind: ObjectKind,
    which: &RunSelector,
    reverted: &mut Reverted,
) -> Result<(), KubeError> {
    let what = format!("list {}s", ObjectRef::new(kind, "").to_string().trim());
    let api = kind.api(cluster);
    let all = KubeError::bounded(&what, api.list(&ListParams::default())).await?;
    for object in all {
        let name = ObjectRef::new(kind, &object.name_any());
        let value = serde_json::to_value(&object).unwrap_or_default();
        let mut records = match stored_records(&value) {
            Ok(records) => records,
            Err(error) => {
                reverted.failed.push(format!("{name}: {error}"));
                continue;
            }
        };
        // A whole goes back before what was its part when it was changed.
        records.sort_by_key(|one| one.record.edits.iter().map(|edit| edit.path.len()).min());
        for one in records {
            let lease = &one.record.lease;
            let ours = one.record.namespace == cluster.namespace;
            if !ours || !which.takes(&lease.run, Some(lease.expires)) {
                continue;
            }
            match put_back(cluster, &name, &one.slot).await {
                Ok(RestoreOutcome::Restored) => {
                    reverted.done.push(format!("{name}: {} put back", one.slot))
                }
                Ok(RestoreOutcome::Drifted(how)) => reverted.drift.push(how),
                Err(error) => reverted.failed.push(format!("{name}: {error}")),
            }
        }
    }
    Ok(())
}

/// The annotation that says until when something that a run has added may stay.
pub(crate) const EXPIRES: &str = "brunt.dev/expires";

/// What a run that changes nodes gives to the account of its Job. The binding belongs to the role
/// and goes with it.
pub(crate) async fn rights_on_nodes(
    cluster: &Cluster,
    which: &RunSelector,
    reverted: &mut Reverted,
) {
    let api: Api<ClusterRole> = Api::all(cluster.client.clone());
    let in_namespace = format!("{RUN},{NAMESPACE}={}", cluster.namespace);
    let params = ListParams::default().labels(&in_namespace);
    let list = api.list(&params);
    // Whoever may not see them has not made any.
    let Ok(all) = KubeError::bounded("list cluster roles", list).await else { return };
    for one in all {
        let name = one.name_any();
        if !which.means(&one) {
            continue;
        }
        match KubeError::bounded(
            "delete a cluster role",
            api.delete(&name, &DeleteParams::background()),
        )
        .await
        {
            Ok(_) => reverted.done.push(format!("cluster role {name} taken away")),
            Err(error) if error.is_not_found() => {}
            Err(error) => reverted.failed.push(error.to_string()),
        }
    }
}

async fn take_away<K>(
    cluster: &Cluster,
    what: &str,
    which: &RunSelector,
    who: RevertedBy,
    reverted: &mut Reverted,
) where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned,
{
    let api = cluster.api::<K>();
    let params = ListParams::default().labels(RUN);
    let list = api.list(&params);
    let all = match KubeError::bounded(&format!("list {what}s"), list).await {
        Ok(all) => all,
        Err(KubeError::Forbidden { .. }) if who == RevertedBy::OwnRun => return,
        Err(error) => return reverted.failed.push(error.to_string()),
    };
    for one in all {
        let name = one.name_any();
        // What belongs to something else goes with it.
        if !one.owner_references().is_empty() || !which.means(&one) {
            continue;
        }
        let params = DeleteParams {
            propagation_policy: Some(PropagationPolicy::Background),
            ..DeleteParams::default()
        };
        let gone =
            KubeError::bounded(&format!("delete {what} {name}"), api.delete(&name, &params)).await;
        match gone {
            Ok(_) => reverted.done.push(format!("{what} {name} taken away")),
            Err(error) if error.is_not_found() => {}
            Err(error) => reverted.failed.push(error.to_string()),
        }
    }
}
