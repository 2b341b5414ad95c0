//! Recovering from faults that are a change of an object.

use brunt_faults::TargetError;

use crate::changes::changer::Changer;
use crate::changes::restore::RestoreOutcome;
use crate::client::error::KubeError;
use crate::client::object::ObjectRef;

impl From<KubeError> for TargetError {
    fn from(error: KubeError) -> Self {
        Self::platform(error)
    }
}

/// Restores what was changed in a slot of an object.
pub(crate) async fn recover_change(
    changer: &Changer,
    object: &ObjectRef,
    slot: &str,
) -> Result<(), TargetError> {
    match changer.restore(object, slot).await? {
        RestoreOutcome::Restored => Ok(()),
        RestoreOutcome::TakenBack(how) => Err(TargetError::EndedEarly(how)),
        RestoreOutcome::Drifted(how) => Err(TargetError::Drift(how)),
    }
}
