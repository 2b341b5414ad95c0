//! What the copies of removed workloads must be: their digests, in one Secret of the namespace.
//!
//! A copy is a ConfigMap, and a revert makes the workload that it holds. Whoever may write
//! ConfigMaps, but no workloads, could have any workload made by it. So nothing is made of a copy
//! that this Secret does not vouch for: fewer accounts may write Secrets, and those that may can
//! read all that a workload could. Its name is the same for all runs, so that a role can allow this
//! one alone.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::ResourceExt;
use kube::api::{DeleteParams, Preconditions};
use ring::digest::{SHA256, digest};
use serde_json::json;

use super::kept_copy::contents;
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::removed_workload_error::RemovedWorkloadError;
use crate::client::write::Writer;

/// The Secret's name, which roles name as well.
pub(crate) const SECRET: &str = "brunt-removed";

/// How often it is tried again when another run has changed the Secret meanwhile.
const ATTEMPTS: usize = 20;

/// Vouches for a copy, over what was said of it before.
pub(super) async fn record(writer: Writer<'_>, map: &ConfigMap) -> Result<(), KubeError> {
    let (name, what) = (map.name_any(), "vouch for what is kept");
    let entry = json!({"stringData": {&name: digest_of(map)}});
    let texts = ("nothing", name.as_str());
    let patched = writer.merge_patch::<Secret>(what, SECRET, entry.clone(), texts).await;
    if !matches!(&patched, Err(error) if error.is_not_found()) {
        return patched;
    }
    let mut secret = entry.clone();
    secret["metadata"] = json!({"name": SECRET});
    match writer.create::<Secret>(what, secret).await {
        // Another run was quicker.
        Err(KubeError::Answer { code: 409, .. }) => {
            writer.merge_patch::<Secret>(what, SECRET, entry, texts).await
        }
        made => made.map(drop),
    }
}

/// Refuses a copy that nobody vouches for.
pub(super) async fn check(
    cluster: &Cluster,
    map: &ConfigMap,
    holds: &str,
) -> Result<(), KubeError> {
    let name = map.name_any();
    let secret = read(cluster).await?;
    let recorded = secret.as_ref().and_then(|secret| secret.data.as_ref()?.get(&name));
    match recorded {
        Some(ByteString(recorded)) if *recorded == digest_of(map).as_bytes() => Ok(()),
        _ => Err(RemovedWorkloadError::UnknownCopy { map: name, holds: holds.to_owned() }.into()),
    }
}

/// Vouches for a copy no more; the Secret goes with the last of them.
pub(super) async fn forget(writer: Writer<'_>, map: &str) -> Result<(), KubeError> {
    for _ in 0..ATTEMPTS {
        let Some(secret) = read(writer.cluster()).await? else { return Ok(()) };
        let data = secret.data.as_ref();
        let is_last = data.into_iter().flatten().all(|(name, _)| name == map);
        let done = match is_last {
            true => delete(writer, &secret).await,
            false => {
                // Of this version: two runs that each leave the other's would leave an empty one.
                let version = secret.metadata.resource_version.as_deref();
                let patch = json!({"metadata": {"resourceVersion": version}, "data": {map: null}});
                let what = "vouch no more for what was kept";
                writer.merge_patch::<Secret>(what, SECRET, patch, (map, "nothing")).await
            }
        };
        match done {
            Err(error) if error.is_conflict() => {}
            Err(error) if error.is_not_found() => return Ok(()),
            done => return done,
        }
    }
    Err(KubeError::Contended { object: format!("Secret {SECRET}") })
}

async fn delete(writer: Writer<'_>, secret: &Secret) -> Result<(), KubeError> {
    let resource_version = secret.metadata.resource_version.clone();
    let same = Preconditions { resource_version, ..Preconditions::default() };
    let params = DeleteParams { preconditions: Some(same), ..DeleteParams::default() };
    let secrets = writer.cluster().api::<Secret>();
    writer.delete("vouch for nothing more", &secrets, ("Secret", SECRET), &params).await
}

async fn read(cluster: &Cluster) -> Result<Option<Secret>, KubeError> {
    let secrets = cluster.api::<Secret>();
    call_api(&format!("read Secret {SECRET}"), secrets.get_opt(SECRET)).await
}

fn digest_of(map: &ConfigMap) -> String {
    let digest = digest(&SHA256, contents(map).as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::Value;

    use super::*;
    use crate::client::object::ChangeMode;
    use crate::client::scripted_api::{call, cluster, no};

    const PATH: &str = "/api/v1/namespaces/ns/secrets/brunt-removed";

    fn map(object: &str) -> ConfigMap {
        let map = json!({"metadata": {"name": "kept"},
            "data": {"kind": "Deployment", "object": object, "manager": "brunt"}});
        serde_json::from_value(map).unwrap()
    }

    fn secret(entries: &[(&str, &str)]) -> Value {
        let entries = entries
            .iter()
            .map(|(name, digest)| ((*name).to_owned(), ByteString(digest.as_bytes().to_vec())));
        let mut secret = Secret { data: Some(entries.collect()), ..Secret::default() };
        secret.metadata.name = Some(SECRET.to_owned());
        secret.metadata.resource_version = Some("7".to_owned());
        serde_json::to_value(secret).unwrap()
    }

    #[tokio::test]
    async fn only_the_copy_that_was_recorded_is_vouched_for() {
        let recorded = digest_of(&map("{}"));
        let answer = || call(Method::GET, PATH, 200, secret(&[("kept", &recorded)]));
        let gone = call(Method::GET, PATH, 404, no(404, "NotFound", "no such secret"));
        let (cluster, script) = cluster(vec![answer(), answer(), gone]);
        check(&cluster, &map("{}"), "Deployment shop").await.unwrap();
        let why = check(&cluster, &map("{ }"), "Deployment shop").await.unwrap_err().to_string();
        assert!(why.contains("ConfigMap kept") && why.contains("Deployment shop"), "{why}");
        check(&cluster, &map("{}"), "Deployment shop").await.unwrap_err();
        script.await.unwrap();
    }

    #[tokio::test]
    async fn the_secret_is_made_when_there_is_none_and_another_run_may_be_quicker() {
        let none = || call(Method::PATCH, PATH, 404, no(404, "NotFound", "no such secret"));
        let create = "/api/v1/namespaces/ns/secrets";
        let quicker = no(409, "AlreadyExists", "it exists");
        let (cluster, script) = cluster(vec![
            none(),
            call(Method::POST, create, 201, secret(&[])).saying(&["brunt-removed", "kept"]),
            none(),
            call(Method::POST, create, 409, quicker),
            call(Method::PATCH, PATH, 200, secret(&[])).saying(&["kept"]),
        ]);
        let writer = Writer::new(&cluster, "a", ChangeMode::Apply);
        record(writer, &map("{}")).await.unwrap();
        record(writer, &map("{}")).await.unwrap();
        script.await.unwrap();
    }

    #[tokio::test]
    async fn the_secret_goes_with_its_last_entry_and_not_before() {
        let changed = no(409, "Conflict", "changed");
        let (cluster, script) = cluster(vec![
            call(Method::GET, PATH, 200, secret(&[("kept", "x"), ("other", "y")])),
            call(Method::PATCH, PATH, 200, secret(&[])).saying(&[r#""kept":null"#, "\"7\""]),
            call(Method::GET, PATH, 200, secret(&[("kept", "x")])),
            call(Method::DELETE, PATH, 409, changed).saying(&["\"7\""]),
            call(Method::GET, PATH, 404, no(404, "NotFound", "no such secret")),
        ]);
        let writer = Writer::new(&cluster, "a", ChangeMode::Apply);
        forget(writer, "kept").await.unwrap();
        forget(writer, "kept").await.unwrap();
        script.await.unwrap();
    }
}
