//! Asking the API server what this account may do. A review stores nothing.

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::Api;
use kube::api::PostParams;

use super::call::call_api;
use super::connect::Cluster;
use super::error::KubeError;

/// One right, as a rule of a role has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Right {
    pub(crate) verb: &'static str,
    /// The API group; empty for the core group.
    pub(crate) group: &'static str,
    /// The plural, with a subresource after a slash.
    pub(crate) resource: &'static str,
    /// The only object that it is about; `None` for any.
    pub(crate) name: Option<&'static str>,
    /// Whether it is about objects of the whole cluster, such as nodes.
    pub(crate) of_cluster: bool,
}

impl Right {
    pub(crate) const fn namespaced(
        verb: &'static str,
        group: &'static str,
        resource: &'static str,
    ) -> Self {
        Self { verb, group, resource, name: None, of_cluster: false }
    }

    /// The right to one object, of the name that brunt gives it.
    pub(crate) const fn named(
        verb: &'static str,
        group: &'static str,
        resource: &'static str,
        name: &'static str,
    ) -> Self {
        Self { verb, group, resource, name: Some(name), of_cluster: false }
    }

    pub(crate) const fn of_cluster(
        verb: &'static str,
        group: &'static str,
        resource: &'static str,
    ) -> Self {
        Self { verb, group, resource, name: None, of_cluster: true }
    }
}

impl std::fmt::Display for Right {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = if self.group.is_empty() { "" } else { "." };
        write!(out, "{} {}{group}{}", self.verb, self.resource, self.group)?;
        self.name.map_or(Ok(()), |name| write!(out, " {name}"))
    }
}

/// Whether the account of this connection has a right.
///
/// # Errors
/// When the API server cannot be asked.
pub(crate) async fn may(cluster: &Cluster, right: Right) -> Result<bool, KubeError> {
    let (resource, subresource) = match right.resource.split_once('/') {
        Some((resource, sub)) => (resource, Some(sub.to_owned())),
        None => (right.resource, None),
    };
    let attributes = ResourceAttributes {
        verb: Some(right.verb.to_owned()),
        group: Some(right.group.to_owned()),
        resource: Some(resource.to_owned()),
        subresource,
        name: right.name.map(str::to_owned),
        namespace: (!right.of_cluster).then(|| cluster.namespace.clone()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec {
        resource_attributes: Some(attributes),
        ..SelfSubjectAccessReviewSpec::default()
    };
    let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
    let reviews: Api<SelfSubjectAccessReview> = Api::all(cluster.client.clone());
    let what = format!("ask whether this account may {right}");
    let answer = call_api(&what, reviews.create(&PostParams::default(), &review)).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
