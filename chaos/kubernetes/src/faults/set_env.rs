//! Setting environment variables of a service, which rolls it out.

use std::collections::BTreeMap;

use brunt_faults::TargetError;

use super::pod_template::environment;
use super::replacement;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::observe::workload::Workload;

pub(super) const SLOT: &str = "env";

pub(super) async fn inject(
    changer: &Changer,
    workload: &Workload,
    env: &BTreeMap<String, String>,
) -> Result<(), TargetError> {
    // The list is replaced as a whole, so it must be read first.
    let object = replacement::read(changer.cluster(), &workload.object).await?;
    let values = vec![environment(&object, workload, env)];
    let change = Change { object: workload.object.clone(), slot: SLOT.to_owned(), values };
    changer.apply(&change).await?;
    Ok(())
}
