//! A rollout without a change of the service, as `kubectl rollout restart` makes it. It is over
//! when the pods have been replaced, so there is nothing to recover; the annotation is removed when
//! the run is reverted.

use brunt_faults::TargetError;
use serde_json::json;

use super::replacement;
use crate::changes::change::{Change, ROLLOUT};
use crate::changes::changer::Changer;
use crate::observe::workload::Workload;

/// The annotation of a pod template whose new value makes a rollout.
const ROLLED_OUT: &str = "/spec/template/metadata/annotations/brunt.dev~1rolled-out";

/// Replaces the pods of a workload, of which there are so many. Returns how many are replaced.
pub(crate) async fn inject(
    changer: &Changer,
    workload: &Workload,
    pods: u64,
) -> Result<u64, TargetError> {
    let found = replacement::read(changer.cluster(), &workload.object).await?;
    let now = json!(jiff::Timestamp::now().to_string());
    let change = Change {
        object: workload.object.clone(),
        slot: ROLLOUT.to_owned(),
        values: vec![(ROLLED_OUT.to_owned(), Some(now))],
    };
    changer.inject(&change).await?;
    Ok(replacement::at_most(&found).map_or(pods, |most| most.min(pods)))
}
