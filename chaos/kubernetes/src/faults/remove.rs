//! Deleting a service's workload, and applying it again.

use brunt_faults::TargetError;

use crate::changes::changer::Changer;
use crate::changes::removed_workload;
use crate::changes::restore::RestoreOutcome;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::workload::Workload;

pub(super) async fn inject(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    removed_workload::remove(changer, &workload.object).await?;
    changer.note(format!("{} deleted, to be applied again", workload.object));
    Ok(())
}

/// Refuses to remove what could not be made again as it was.
pub(super) async fn refuse(cluster: &Cluster, workload: &Workload) -> Result<(), KubeError> {
    let object = &workload.object;
    removed_workload::refuse(cluster, object, &object.read(cluster).await?).await
}

pub(super) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    if changer.is_dry_run() {
        return Ok(());
    }
    match removed_workload::restore_one(changer, &workload.object).await? {
        RestoreOutcome::Restored => Ok(()),
        RestoreOutcome::TakenBack(how) => Err(TargetError::EndedEarly(how)),
        RestoreOutcome::Drifted(how) => Err(TargetError::Drift(how)),
    }
}
