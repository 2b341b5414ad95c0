//! A rollout without a change of the service, as `kubectl rollout restart` makes it, or `kubectl
//! argo rollouts restart`. It is over
//! when the pods have been replaced, so there is nothing to recover; the annotation is removed when
//! the run is reverted.

use brunt_faults::TargetError;
use jiff::Unit;
use serde_json::json;

use super::replacement;
use crate::changes::change::{Change, ROLLOUT};
use crate::changes::changer::Changer;
use crate::client::object::ObjectKind;
use crate::observe::workload::Workload;

/// The annotation of a pod template whose new value makes a rollout.
const ROLLED_OUT: &str = "/spec/template/metadata/annotations/brunt.dev~1rolled-out";

/// The time before which no pod of a Rollout may have been made.
const RESTART_AT: &str = "/spec/restartAt";

/// Replaces the pods of a workload, of which there are so many. Returns how many are replaced.
pub(crate) async fn inject(
    changer: &Changer,
    workload: &Workload,
    pods: u64,
) -> Result<u64, TargetError> {
    let found = replacement::read_for_restart(changer.cluster(), &workload.object).await?;
    let now = jiff::Timestamp::now();
    let value = match workload.object.kind {
        // Another template would be a new version, which goes through all steps of its strategy.
        ObjectKind::Rollout => (RESTART_AT, now.round(Unit::Second).unwrap_or(now).to_string()),
        _ => (ROLLED_OUT, now.to_string()),
    };
    let change = Change {
        object: workload.object.clone(),
        slot: ROLLOUT.to_owned(),
        values: vec![(value.0.to_owned(), Some(json!(value.1)))],
    };
    changer.inject(&change).await?;
    Ok(replacement::at_most(&found).map_or(pods, |most| most.min(pods)))
}
