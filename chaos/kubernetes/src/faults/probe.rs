//! Tampering with a probe: it is removed, or asks for another path. Either rolls the service out.

use brunt_faults::TargetError;
use brunt_scenarios::scenario::ProbeKind;
use serde_json::json;

use super::recovery::recover_change;
use super::replacement;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::observe::workload::Workload;

/// The probe's field in a container, which is also the slot: each probe may be changed by a fault
/// of its own, and recovering must not depend on a probe that the fault has removed.
fn field(which: ProbeKind) -> &'static str {
    match which {
        ProbeKind::Readiness => "readinessProbe",
        ProbeKind::Liveness => "livenessProbe",
        ProbeKind::Startup => "startupProbe",
    }
}

/// Sets the probe's path; removes the probe where there is none.
pub(super) async fn inject(
    changer: &Changer,
    workload: &Workload,
    which: ProbeKind,
    path: Option<&str>,
) -> Result<(), TargetError> {
    replacement::read(changer.cluster(), &workload.object).await?;
    let field = field(which);
    let probe = format!("{}/{field}", workload.container_path());
    let values = match path {
        // Without a probe, a container counts as ready, or as alive, at once.
        None => vec![(probe, None)],
        Some(path) => vec![(format!("{probe}/httpGet/path"), Some(json!(path)))],
    };
    let change = Change { object: workload.object.clone(), slot: field.to_owned(), values };
    changer.inject(&change).await?;
    Ok(())
}

pub(super) async fn recover(
    changer: &Changer,
    workload: &Workload,
    which: ProbeKind,
) -> Result<(), TargetError> {
    recover_change(changer, &workload.object, field(which)).await
}
