//! Another number of replicas; none of them for a service that is stopped.

use brunt_faults::TargetError;
use serde_json::{Value, json};

use super::recovery::recover_change;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::irreversible;
use crate::changes::record::stored_records;
use crate::client::error::KubeError;
use crate::client::no_effect_error::NoEffectError;
use crate::client::object::ObjectKind;
use crate::observe::workload::Workload;

const SLOT: &str = "replicas";

const REPLICAS: &str = "/spec/replicas";

/// How many replicas there should be, as the API server has it now: a watch may be a moment behind.
/// A workload that was removed should have none.
pub(crate) async fn wanted(changer: &Changer, workload: &Workload) -> Result<u32, TargetError> {
    let object = match workload.object.read(changer.cluster()).await {
        Err(error) if error.is_not_found() => return Ok(0),
        object => object?,
    };
    // A missing number means 1 to the API server. A DaemonSet has none: its nodes decide.
    let number = match workload.object.kind {
        ObjectKind::DaemonSet => "/status/desiredNumberScheduled",
        _ => REPLICAS,
    };
    let wanted = object.pointer(number).and_then(Value::as_u64).unwrap_or(1);
    Ok(u32::try_from(wanted).unwrap_or(u32::MAX))
}

/// Sets the number of replicas. The number that the run found is restored rather than set: scaling
/// back is then the end of a change, and leaves no record. Returns whether a change
/// begins with it.
pub(crate) async fn scale(
    changer: &Changer,
    workload: &Workload,
    replicas: u32,
) -> Result<bool, TargetError> {
    let object = workload.object.read(changer.cluster()).await?;
    let stored = stored_records(&object)?;
    let ours = stored
        .iter()
        .find(|stored| stored.slot == SLOT && stored.record.lease.run == changer.lease().run);
    let was = ours.and_then(|stored| stored.record.edits.first()?.was.clone());
    if was == Some(json!(replicas)) {
        recover(changer, workload).await?;
        return Ok(false);
    }
    set(changer, workload, &object, replicas).await?;
    Ok(true)
}

/// Sets the number of replicas, as the beginning of a fault.
pub(crate) async fn inject(
    changer: &Changer,
    workload: &Workload,
    replicas: u32,
) -> Result<(), TargetError> {
    let object = workload.object.read(changer.cluster()).await?;
    set(changer, workload, &object, replicas).await
}

async fn set(
    changer: &Changer,
    workload: &Workload,
    object: &Value,
    replicas: u32,
) -> Result<(), TargetError> {
    refuse(workload, object, replicas)?;
    if let Some(scaler) = workload.scaler.as_ref().filter(|_| replicas > 0) {
        // At no replicas at all, an autoscaler does nothing.
        let scaler = &scaler.object;
        tracing::warn!(%scaler, replicas, "an autoscaler decides, and may set another number");
        changer.note(format!(
            "{scaler} decides about {}, and may set another number",
            workload.object
        ));
    }
    let change = Change {
        object: workload.object.clone(),
        slot: SLOT.to_owned(),
        values: vec![(REPLICAS.to_owned(), Some(json!(replicas)))],
    };
    changer.inject(&change).await?;
    Ok(())
}

/// How many replicas a workload asks for; a missing number means 1 to the API server.
pub(super) fn replicas(object: &Value) -> u64 {
    object.pointer(REPLICAS).and_then(Value::as_u64).unwrap_or(1)
}

/// Refuses to take away what does not come back with the replicas, and to make what stays.
pub(super) fn refuse(workload: &Workload, object: &Value, wanted: u32) -> Result<(), KubeError> {
    if workload.object.kind == ObjectKind::DaemonSet {
        return Err(NoEffectError::NotScaled { object: workload.object.to_string() }.into());
    }
    let now = replicas(object);
    // More replicas take nothing away when they come. They do when they go again.
    if u64::from(wanted) == now {
        return Ok(());
    }
    irreversible::scale_in(&workload.object, object)?;
    if u64::from(wanted) > now {
        irreversible::scale_out(&workload.object, object, now)?;
    }
    Ok(())
}

pub(crate) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    recover_change(changer, &workload.object, SLOT).await
}
