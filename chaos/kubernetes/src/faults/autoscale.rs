//! Other limits for a service's HorizontalPodAutoscaler.

use brunt_faults::TargetError;
use serde_json::json;

use super::recovery::recover_change;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::irreversible;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::autoscaler::Hpa;
use crate::observe::workload::Workload;

const SLOT: &str = "autoscaler";

/// Sets the limits that are given; `target` is the processor utilization in percent.
pub(super) async fn inject(
    changer: &Changer,
    workload: &Workload,
    min: Option<u32>,
    max: Option<u32>,
    target: Option<u32>,
) -> Result<(), TargetError> {
    let scaler = autoscaler(workload)?;
    refuse(changer.cluster(), workload).await?;
    let path = scaler.utilization_path();
    // It scales by another metric, and giving it this one would be another autoscaler.
    if target.is_some() && path.is_none() {
        return Err(TargetError::platform(format!(
            "{} does not look at the processor",
            scaler.object
        )));
    }
    let value = |path: &str, number: Option<u32>| Some((path.to_owned(), Some(json!(number?))));
    let values = [
        value("/spec/minReplicas", min),
        value("/spec/maxReplicas", max),
        value(&path.unwrap_or_default(), target),
    ];
    let values = values.into_iter().flatten().collect();
    let change = Change { object: scaler.object.clone(), slot: SLOT.to_owned(), values };
    changer.inject(&change).await?;
    Ok(())
}

/// Refuses other limits for a workload that loses something with its replicas.
pub(super) async fn refuse(cluster: &Cluster, workload: &Workload) -> Result<(), KubeError> {
    let scaled = workload.object.read(cluster).await?;
    Ok(irreversible::scale_in(&workload.object, &scaled)?)
}

/// Gives the autoscaler its own limits back.
pub(super) async fn recover(changer: &Changer, workload: &Workload) -> Result<(), TargetError> {
    recover_change(changer, &autoscaler(workload)?.object, SLOT).await
}

fn autoscaler(workload: &Workload) -> Result<&Hpa, TargetError> {
    workload.scaler.as_ref().ok_or_else(|| {
        TargetError::platform(format!(
            "{} has no autoscaler, so there is nothing to change",
            workload.object
        ))
    })
}
