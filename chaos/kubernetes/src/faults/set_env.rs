//! Setting environment variables of a service, which rolls it out.

use std::collections::BTreeMap;

use brunt_faults::TargetError;

use super::pod_template::environment_at;
use super::recovery::recover_change;
use super::replacement;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::unclear_target::UnclearTarget;
use crate::observe::workload::Workload;

const SLOT: &str = "env";

pub(super) async fn inject(
    changer: &Changer,
    workload: &Workload,
    env: &BTreeMap<String, String>,
    containers: &[String],
) -> Result<(), TargetError> {
    // The list is replaced as a whole, so it must be read first.
    let object = replacement::read(changer.cluster(), &workload.object).await?;
    let paths = paths(workload, containers).map_err(KubeError::from)?;
    let values = paths.iter().map(|path| environment_at(&object, path, env)).collect();
    let change = Change { object: workload.object.clone(), slot: SLOT.to_owned(), values };
    changer.inject(&change).await?;
    Ok(())
}

pub(super) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    recover_change(changer, &workload.object, SLOT).await
}

/// Refuses a fault that would replace no pod, or that names a container which is not there.
pub(super) async fn refuse(
    cluster: &Cluster,
    workload: &Workload,
    containers: &[String],
) -> Result<(), KubeError> {
    paths(workload, containers)?;
    replacement::read(cluster, &workload.object).await.map(drop)
}

/// Where the containers are that get the variables: those that are named, or the service's own.
fn paths(workload: &Workload, containers: &[String]) -> Result<Vec<String>, UnclearTarget> {
    if containers.is_empty() {
        return Ok(vec![workload.container_path()]);
    }
    containers.iter().map(|name| workload.path_of_container(name)).collect()
}
