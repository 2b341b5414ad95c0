//! The workloads of a namespace, with the Services, autoscalers and budgets around each.

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ListParams;

use super::workload::Workload;
use super::{autoscaler, front, placement, workload_kinds};
use crate::client::call::call_api;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;

/// What there is in a namespace that services can be.
pub(super) struct Inventory {
    /// All workloads, with their metadata.
    pub(super) workloads: Vec<(ObjectMeta, Workload)>,
    pub(super) services: Vec<Service>,
}

/// Lists all workloads and Services of the namespace.
pub(super) async fn list(cluster: &Cluster) -> Result<Inventory, KubeError> {
    let every = ListParams::default();
    let services = cluster.api::<Service>();
    let (mut found, services, scalers, budgets) = tokio::try_join!(
        workload_kinds::list(cluster),
        call_api("list services", services.list(&every)),
        autoscaler::list(cluster),
        placement::budgets(cluster),
    )?;
    let labels: Vec<_> = found.iter().map(|(_, workload)| workload.labels.clone()).collect();
    for (index, (_, workload)) in found.iter_mut().enumerate() {
        workload.namespace.clone_from(&cluster.namespace);
        let others = labels.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<_> = others.map(|(_, labels)| labels).collect();
        let label = |key: &str| workload.labels.get(key).map(String::as_str);
        let by_labels = ["app.kubernetes.io/name", "app"].into_iter().filter_map(label);
        let own = [workload.main_service.as_deref(), Some(workload.object.name.as_str())];
        let names: Vec<&str> = own.into_iter().flatten().chain(by_labels).collect();
        let (labels, pod) = (&workload.labels, &workload.pod);
        let fronts = front::choose(&services.items, &names, labels, pod, &others);
        (workload.front, workload.unclear_fronts) = (fronts.front, fronts.unclear);
    }
    let scaled = found.into_iter().map(|(meta, mut workload)| {
        workload.scaler = scalers.iter().find(|one| one.scales(&workload.object)).cloned();
        let budget = budgets.iter().find(|one| one.protects(&workload.labels));
        workload.budget = budget.map(|budget| budget.object.clone());
        (meta, workload)
    });
    Ok(Inventory { workloads: scaled.collect(), services: services.items })
}
