//! The image that this process itself runs in, where that is in a pod of the cluster.

use std::path::Path;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;

use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// Where a pod finds the namespace that it is in.
const NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// Where a pod finds its name, unless it uses its node's network or is given another one.
const HOSTNAME: &str = "/etc/hostname";

/// The image of the pod that this process is in; `None` outside of pods, and where the pod cannot
/// be found or has several containers of which none is called by brunt's name.
pub(super) async fn find(cluster: &Cluster) -> Option<String> {
    let namespace = read(Path::new(NAMESPACE))?;
    let pod = read(Path::new(HOSTNAME))?;
    match of_pod(cluster, &namespace, &pod).await {
        Ok(image) => image,
        Err(error) => {
            tracing::debug!(pod, %error, "the image that this runs in is not known");
            None
        }
    }
}

fn read(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

async fn of_pod(
    cluster: &Cluster,
    namespace: &str,
    name: &str,
) -> Result<Option<String>, KubeError> {
    let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
    let found = call_api("look at the pod that this runs in", pods.get_opt(name)).await?;
    Ok(found.as_ref().and_then(image_in))
}

/// Of several containers, the one with brunt's name: the others are sidecars.
fn image_in(pod: &Pod) -> Option<String> {
    let containers = &pod.spec.as_ref()?.containers;
    let own = match containers.as_slice() {
        [only] => only,
        several => several.iter().find(|one| one.name == "brunt")?,
    };
    let named = own.image.clone()?;
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_deref());
    let status = statuses.into_iter().flatten().find(|status| status.name == own.name);
    Some(status.and_then(|status| pinned(&named, &status.image_id)).unwrap_or(named))
}

/// The image by its digest, so that what reverts a run is what runs it, whatever becomes of the
/// tag; `None` where other nodes may not get it by that: an image that was put onto the nodes
/// without a registry has an id of its own, or a name that nothing can be fetched by.
fn pinned(named: &str, id: &str) -> Option<String> {
    let (repository, digest) = id.split_once('@')?;
    let is_fetched = digest.starts_with("sha256:") && !named.starts_with("localhost");
    (is_fetched && repository == full_repository(named)).then(|| id.to_owned())
}

/// An image's registry and path, without tag and digest, as the kubelet writes it.
fn full_repository(named: &str) -> String {
    let name = named.split('@').next().unwrap_or_default();
    let last = name.rfind('/').map_or(0, |slash| slash + 1);
    let path = name[last..].find(':').map_or(name, |colon| &name[..last + colon]);
    match path.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) => path.to_owned(),
        Some(_) => format!("docker.io/{path}"),
        None => format!("docker.io/library/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::client::scripted_api::{call, cluster, no};

    #[tokio::test]
    async fn the_image_is_the_one_of_the_pods_own_container() {
        let pod = |containers| {
            json!({"metadata": {"name": "tonight"},
            "spec": {"containers": containers}})
        };
        let sidecar = json!({"name": "proxy", "image": "mesh:3"});
        let brunt = json!({"name": "brunt", "image": "registry/x:1"});
        let path = "/api/v1/namespaces/shop/pods/tonight";
        let (cluster, script) = cluster(vec![
            call(Method::GET, path, 200, pod(json!([{"name": "any", "image": "registry/x:1"}]))),
            call(Method::GET, path, 200, pod(json!([sidecar, brunt]))),
            call(Method::GET, path, 200, pod(json!([sidecar, sidecar]))),
            call(Method::GET, path, 404, no(404, "NotFound", "no such pod")),
        ]);
        let mut images = Vec::new();
        for _ in 0..4 {
            images.push(of_pod(&cluster, "shop", "tonight").await.unwrap());
        }
        script.await.unwrap();
        let own = || Some("registry/x:1".to_owned());
        assert_eq!(images, [own(), own(), None, None]);
    }

    #[test]
    fn an_image_of_a_registry_is_pinned_by_its_digest() {
        let image = |named: &str, id: &str| {
            let pod = json!({"metadata": {"name": "tonight"},
                "spec": {"containers": [{"name": "brunt", "image": named}]},
                "status": {"containerStatuses": [{"name": "brunt", "imageID": id}]}});
            image_in(&serde_json::from_value(pod).unwrap()).unwrap()
        };
        let fetched = "ghcr.io/acme/brunt@sha256:ab";
        assert_eq!(image("ghcr.io/acme/brunt:1", fetched), fetched);
        assert_eq!(
            image("host:5000/brunt", "host:5000/brunt@sha256:ab"),
            "host:5000/brunt@sha256:ab"
        );
        let hub = "docker.io/library/brunt@sha256:ab";
        assert_eq!(image("brunt:1", hub), hub);
        for (named, id) in [
            ("ghcr.io/acme/brunt:1", "sha256:ab"),
            ("ghcr.io/acme/brunt:1", "docker.io/library/import-2026@sha256:ab"),
            ("localhost/brunt:1", "localhost/brunt@sha256:ab"),
            ("ghcr.io/acme/brunt:1", ""),
        ] {
            assert_eq!(image(named, id), named, "{id}");
        }
    }
}
