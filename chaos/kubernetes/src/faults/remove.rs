//! Deleting a service's workload, and applying it again.

use brunt_faults::TargetError;

use crate::changes::changer::Changer;
use crate::changes::removed_workload;
use crate::changes::restore::RestoreOutcome;
use crate::observe::workload::Workload;

pub(super) async fn inject(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    removed_workload::remove(changer, &workload.object).await?;
    changer.note(format!("{} deleted, to be applied again", workload.object));
    Ok(())
}

pub(super) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    if changer.is_dry_run() {
        return Ok(());
    }
    match removed_workload::restore_one(changer, &workload.object).await? {
        RestoreOutcome::Restored => Ok(()),
        RestoreOutcome::Drifted(how) => Err(TargetError::Drift(how)),
    }
}
