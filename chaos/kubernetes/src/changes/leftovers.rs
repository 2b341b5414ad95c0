//! Finding what runs have left anywhere on a cluster, as far as this account may look.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::rbac::v1::{ClusterRole, Role};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{DynamicObject, ListParams};
use kube::core::ApiResource;
use kube::{Api, ResourceExt};
use serde_json::json;

use super::record::{is_copied, stored_records};
use super::selection::RunSelector;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::labels::{EXPIRES, NAMESPACE, RUN};
use crate::client::object::{KINDS, ObjectKind};

/// What one run has left in one namespace, or on nodes because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftRun {
    /// The namespace that the run was about.
    pub namespace: String,
    /// Whether that namespace is gone. Then the run is over, whatever its time.
    pub namespace_is_gone: bool,
    /// The run's id.
    pub run: String,
    /// When the first of it may be restored by others; `None` if nothing says it.
    pub expires: Option<Timestamp>,
    /// When all of it may be.
    pub until: Option<Timestamp>,
    /// Kinds and names of what carries its marks.
    pub objects: Vec<String>,
}

impl LeftRun {
    /// Whether these runs include it.
    #[must_use]
    pub fn is_one_of(&self, which: &RunSelector) -> bool {
        match which {
            RunSelector::Expired if self.namespace_is_gone => true,
            which => which.as_of(Timestamp::now()).selects(&self.run, self.expires),
        }
    }
}

/// What runs have left on a cluster, and where it was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// By namespace and run.
    pub runs: Vec<LeftRun>,
    /// What was looked through, for people.
    pub looked_through: String,
    /// What this account may not look at, a clause each.
    pub not_seen: Vec<String>,
}

/// Looks for what runs have left, in all namespaces, on nodes and among cluster roles. Where the
/// account may not list all namespaces, in each that it may.
///
/// # Errors
/// When the cluster does not answer.
pub async fn find_leftovers(cluster: &Cluster) -> Result<Leftovers, KubeError> {
    let mut search = Search { cluster, found: BTreeMap::new(), not_seen: BTreeSet::new() };
    let reach = search.reach().await?;
    for kind in KINDS.map(ObjectKind::resource).iter().chain(&added_kinds()) {
        search.look_through(kind, &reach).await?;
    }
    let roles = ApiResource::erase::<ClusterRole>(&());
    let nodes = ObjectKind::Node.resource();
    for (kind, label) in [(&nodes, None), (&roles, Some(RUN))] {
        search.look_at_all(kind, label).await?;
    }
    search.mark_gone_namespaces(&reach).await?;
    let Search { found, not_seen, .. } = search;
    Ok(Leftovers {
        runs: found.into_values().collect(),
        looked_through: reach.to_string(),
        not_seen: not_seen.into_iter().collect(),
    })
}

/// Kinds of which runs add objects, besides those that they change.
fn added_kinds() -> [ApiResource; 3] {
    let (pods, jobs) = (ApiResource::erase::<Pod>(&()), ApiResource::erase::<Job>(&()));
    [pods, jobs, ApiResource::erase::<Role>(&())]
}

/// Roles: an account that may not list them has not made any, so that nothing is missed.
fn is_seen_by_those_who_make(kind: &ApiResource) -> bool {
    kind.kind == "Role"
}

/// Where an account may look.
enum Reach {
    /// In all namespaces at once.
    Everywhere,
    /// In each of these.
    Each(Vec<String>),
}

impl std::fmt::Display for Reach {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everywhere => out.write_str("all namespaces, nodes and cluster roles"),
            Self::Each(names) if names.len() == 1 => write!(out, "the namespace {}", names[0]),
            Self::Each(names) => write!(out, "the namespaces {}", names.join(", ")),
        }
    }
}

struct Search<'a> {
    cluster: &'a Cluster,
    /// By namespace and run.
    found: BTreeMap<(String, String), LeftRun>,
    not_seen: BTreeSet<String>,
}

impl Search<'_> {
    /// Finds out where the account may look, by its most telling right.
    async fn reach(&mut self) -> Result<Reach, KubeError> {
        match self.list(&ObjectKind::Service.resource(), None, None).await {
            Ok(_) => return Ok(Reach::Everywhere),
            Err(KubeError::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        let namespaces: Api<Namespace> = Api::all(self.cluster.client.clone());
        match call_api("list namespaces", namespaces.list(&ListParams::default())).await {
            Ok(all) => Ok(Reach::Each(all.iter().map(ResourceExt::name_any).collect())),
            Err(KubeError::Forbidden { .. }) => {
                self.not_seen.insert(
                    "which namespaces there are; `brunt revert --namespace NAME` looks into one"
                        .to_owned(),
                );
                Ok(Reach::Each(vec![self.cluster.namespace.clone()]))
            }
            Err(error) => Err(error),
        }
    }

    /// Looks at all objects of a kind that is in namespaces.
    async fn look_through(&mut self, kind: &ApiResource, reach: &Reach) -> Result<(), KubeError> {
        if kind.kind == ObjectKind::Node.to_string() {
            return Ok(());
        }
        // What a run changes may carry any label; what it adds has its own.
        let label = added_kinds().iter().any(|added| added.kind == kind.kind).then_some(RUN);
        let Reach::Each(namespaces) = reach else {
            return self.look_at_all(kind, label).await;
        };
        for namespace in namespaces {
            match self.list(kind, Some(namespace), label).await {
                Ok(all) => self.note_all(kind, Some(namespace), &all),
                Err(KubeError::Forbidden { .. }) if is_seen_by_those_who_make(kind) => {}
                Err(KubeError::Forbidden { .. }) => {
                    self.not_seen.insert(format!("the {} of {namespace}", kind.plural));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Looks at all objects of a kind, in whichever namespace.
    async fn look_at_all(
        &mut self,
        kind: &ApiResource,
        label: Option<&str>,
    ) -> Result<(), KubeError> {
        match self.list(kind, None, label).await {
            Ok(all) => self.note_all(kind, None, &all),
            Err(KubeError::Forbidden { .. }) => {
                self.not_seen.insert(kind.plural.clone());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Metadata alone: a record is an annotation, and whole objects of a large cluster
    /// are many megabytes.
    async fn list(
        &self,
        kind: &ApiResource,
        namespace: Option<&str>,
        label: Option<&str>,
    ) -> Result<Vec<ObjectMeta>, KubeError> {
        let client = self.cluster.client.clone();
        let api: Api<DynamicObject> = match namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, kind),
            None => Api::all_with(client, kind),
        };
        let params =
            label.map_or_else(ListParams::default, |label| ListParams::default().labels(label));
        match call_api(&format!("list {}", kind.plural), api.list_metadata(&params)).await {
            Ok(all) => Ok(all.items.into_iter().map(|one| one.metadata).collect()),
            // A cluster need not know Argo's Rollouts.
            Err(error) if error.is_not_found() => Ok(vec![]),
            Err(error) => Err(error),
        }
    }

    fn note_all(&mut self, kind: &ApiResource, namespace: Option<&str>, all: &[ObjectMeta]) {
        for meta in all.iter().filter(|meta| !is_copied(&kind.kind, meta)) {
            let namespace = meta.namespace.as_deref().or(namespace);
            let name = format!("{} {}", kind.kind, meta.name.as_deref().unwrap_or_default());
            for mark in marks(meta, namespace) {
                self.note(mark, &name);
            }
        }
    }

    fn note(&mut self, mark: RunMark, object: &str) {
        let RunMark { namespace, run, expires } = mark;
        let key = (namespace.clone(), run.clone());
        let left = self.found.entry(key).or_insert_with(|| LeftRun {
            namespace,
            namespace_is_gone: false,
            run,
            expires,
            until: expires,
            objects: vec![],
        });
        // What has expired of a run can be restored while the rest goes on.
        left.expires = either(left.expires, expires, Timestamp::min);
        left.until = either(left.until, expires, Timestamp::max);
        if !left.objects.iter().any(|one| one == object) {
            left.objects.push(object.to_owned());
        }
    }

    /// Nodes and cluster roles outlive the namespace for which they were changed.
    async fn mark_gone_namespaces(&mut self, reach: &Reach) -> Result<(), KubeError> {
        let names: BTreeSet<String> =
            self.found.keys().map(|(namespace, _)| namespace.clone()).collect();
        let all: Api<Namespace> = Api::all(self.cluster.client.clone());
        for name in names {
            if matches!(reach, Reach::Each(known) if known.contains(&name)) {
                continue;
            }
            match call_api("read the namespace", all.get_opt(&name)).await {
                Ok(None) => {
                    let theirs = self.found.values_mut().filter(|left| left.namespace == name);
                    theirs.for_each(|left| left.namespace_is_gone = true);
                }
                Ok(Some(_)) | Err(KubeError::Forbidden { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn either(
    one: Option<Timestamp>,
    other: Option<Timestamp>,
    choose: impl Fn(Timestamp, Timestamp) -> Timestamp,
) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(choose(one, other)),
        (one, other) => one.or(other),
    }
}

/// One mark of a run on an object.
#[derive(Debug, PartialEq, Eq)]
struct RunMark {
    namespace: String,
    run: String,
    expires: Option<Timestamp>,
}

/// The marks of runs on an object: records of changes, and that a run has added it.
fn marks(meta: &ObjectMeta, namespace: Option<&str>) -> Vec<RunMark> {
    let object = json!({"metadata": {"annotations": meta.annotations}});
    // One that cannot be read is reported when its namespace is reverted.
    let records = stored_records(&object).unwrap_or_default().into_iter().map(|stored| {
        let record = stored.record;
        let (run, expires) = (record.lease.run, Some(record.lease.expires));
        RunMark { namespace: record.namespace, run, expires }
    });
    let text = |all: &Option<BTreeMap<String, String>>, key: &str| all.as_ref()?.get(key).cloned();
    // What the watchdog Job owns goes with it.
    let is_owned = meta.owner_references.iter().flatten().any(|owner| owner.kind == "Job");
    let run = text(&meta.labels, RUN).filter(|_| !is_owned);
    let added = run.and_then(|run| {
        let namespace = namespace.map(str::to_owned).or_else(|| text(&meta.labels, NAMESPACE))?;
        let expires = text(&meta.annotations, EXPIRES).and_then(|time| time.parse().ok());
        Some(RunMark { namespace, run, expires })
    });
    records.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use super::*;
    use crate::client::scripted_api::{call, cluster, no};

    const THEN: &str = "2026-01-31T12:00:00Z";

    fn meta(value: Value) -> ObjectMeta {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn records_and_added_objects_are_marks_and_what_the_watchdog_owns_is_none() {
        let record = json!({"run": "a", "expires": THEN, "namespace": "shop", "edits": []});
        let node = meta(json!({"name": "n",
            "annotations": {"revert.brunt.dev/cordon": record.to_string()}}));
        let expires = Some(THEN.parse().unwrap());
        let mark = |namespace: &str, run: &str| {
            vec![RunMark { namespace: namespace.to_owned(), run: run.to_owned(), expires }]
        };
        assert_eq!(marks(&node, None), mark("shop", "a"));
        let job = json!({"name": "j", "labels": {RUN: "b"}, "annotations": {EXPIRES: THEN}});
        assert_eq!(marks(&meta(job.clone()), Some("web")), mark("web", "b"));
        let mut owned = job;
        owned["ownerReferences"] =
            json!([{"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": "u"}]);
        assert_eq!(marks(&meta(owned), Some("web")), vec![]);
        let role = json!({"name": "r", "labels": {RUN: "c", NAMESPACE: "gone"},
            "annotations": {EXPIRES: THEN}, "ownerReferences": [
                {"apiVersion": "v1", "kind": "Namespace", "name": "gone", "uid": "u"}]});
        assert_eq!(marks(&meta(role), None), mark("gone", "c"));
    }

    #[test]
    fn a_run_whose_namespace_is_gone_is_over_before_its_time() {
        let left = |namespace_is_gone: bool| LeftRun {
            namespace: "shop".to_owned(),
            namespace_is_gone,
            run: "a".to_owned(),
            expires: Some(Timestamp::MAX),
            until: Some(Timestamp::MAX),
            objects: vec![],
        };
        assert!(left(true).is_one_of(&RunSelector::Expired));
        assert!(!left(false).is_one_of(&RunSelector::Expired));
        assert!(left(false).is_one_of(&RunSelector::Run("a".to_owned())));
        assert!(!left(true).is_one_of(&RunSelector::Run("b".to_owned())));
    }

    #[tokio::test]
    async fn an_account_with_rights_in_its_namespace_alone_looks_there_and_says_so() {
        let forbidden = || no(403, "Forbidden", "not you");
        let nothing = || json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": []});
        let mut calls = vec![
            call(Method::GET, "/api/v1/services", 403, forbidden()),
            call(Method::GET, "/api/v1/namespaces", 403, forbidden()),
        ];
        for kind in ["services", "poddisruptionbudgets", "horizontalpodautoscalers"] {
            let path = match kind {
                "services" => "/api/v1/namespaces/ns/services",
                "poddisruptionbudgets" => "/namespaces/ns/poddisruptionbudgets",
                _ => "/namespaces/ns/horizontalpodautoscalers",
            };
            calls.push(call(Method::GET, path, 200, nothing()));
        }
        calls.push(call(Method::GET, "/namespaces/ns/configmaps", 403, forbidden()));
        for path in ["deployments", "statefulsets", "daemonsets", "replicasets"] {
            calls.push(call(Method::GET, path, 200, nothing()));
        }
        calls.push(call(Method::GET, "rollouts", 404, no(404, "NotFound", "no such kind")));
        for path in ["pods", "jobs"] {
            calls.push(call(Method::GET, path, 200, nothing()));
        }
        calls.push(call(Method::GET, "/namespaces/ns/roles", 403, forbidden()));
        calls.push(call(Method::GET, "/nodes", 403, forbidden()));
        calls.push(call(Method::GET, "/clusterroles", 403, forbidden()));
        let (cluster, script) = cluster(calls);
        let found = find_leftovers(&cluster).await.unwrap();
        script.await.unwrap();
        assert_eq!(found.looked_through, "the namespace ns");
        assert_eq!(found.runs, vec![]);
        let not_seen = found.not_seen.join("; ");
        for expected in
            ["brunt revert --namespace NAME", "nodes", "clusterroles", "configmaps of ns"]
        {
            assert!(not_seen.contains(expected), "{not_seen}");
        }
        assert!(!not_seen.contains(" roles"), "{not_seen}");
    }
}
