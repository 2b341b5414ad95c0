//! Other limits for a service's HorizontalPodAutoscaler.

use brunt_faults::TargetError;
use serde_json::json;

use super::recovery::recover_change;
use super::scale;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::irreversible;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::observe::autoscaler::Hpa;
use crate::observe::workload::Workload;

const SLOT: &str = "autoscaler";

/// Other limits; `None` for each that stays.
#[derive(Debug, Clone, Copy)]
pub(super) struct AutoscalerLimits {
    pub(super) min: Option<u32>,
    pub(super) max: Option<u32>,
    /// The processor utilization that is aimed at, in percent.
    pub(super) target: Option<u32>,
}

impl AutoscalerLimits {
    /// Whether they may bring more replicas than this autoscaler would.
    fn bring_more(self, scaler: &Hpa) -> bool {
        self.min.is_some_and(|min| min > scaler.min)
            || self.max.is_some_and(|max| max > scaler.max)
            || self.target.zip(scaler.utilization()).is_some_and(|(aim, now)| aim < now)
    }
}

/// Sets the limits that are given.
pub(super) async fn inject(
    changer: &Changer,
    workload: &Workload,
    limits: AutoscalerLimits,
) -> Result<(), TargetError> {
    let scaler = autoscaler(workload)?;
    refuse(changer.cluster(), workload, limits).await?;
    let AutoscalerLimits { min, max, target } = limits;
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

/// Refuses other limits for a workload that loses something with its replicas, or leaves something
/// of further ones.
pub(super) async fn refuse(
    cluster: &Cluster,
    workload: &Workload,
    limits: AutoscalerLimits,
) -> Result<(), KubeError> {
    let scaled = workload.object.read(cluster).await?;
    irreversible::scale_in(&workload.object, &scaled)?;
    if workload.scaler.as_ref().is_some_and(|scaler| limits.bring_more(scaler)) {
        irreversible::scale_out(&workload.object, &scaled, scale::replicas(&scaled))?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_may_bring_more_replicas_are_told_from_those_that_do_not() {
        let written = json!({"metadata": {"name": "shop"}, "spec": {
            "minReplicas": 2, "maxReplicas": 5,
            "scaleTargetRef": {"kind": "StatefulSet", "name": "shop"},
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}],
        }});
        let scaler = Hpa::of(serde_json::from_value(written).unwrap()).unwrap();
        let more = |min, max, target| AutoscalerLimits { min, max, target }.bring_more(&scaler);
        assert!(more(Some(3), None, None) && more(None, Some(6), None));
        assert!(more(None, None, Some(40)));
        assert!(!more(Some(1), Some(5), Some(60)) && !more(None, None, None));
    }
}
