//! Closing nodes to new pods, which every fault of nodes begins with.

use brunt_faults::TargetError;
use serde_json::json;

use super::recovery::recover_change;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::client::object::{ObjectKind, ObjectRef};

const SLOT: &str = "cordon";

/// Returns how many of them were open.
pub(crate) async fn inject(changer: &Changer, names: &[String]) -> Result<u64, TargetError> {
    let mut closed = 0;
    for name in names {
        let change = Change {
            object: ObjectRef::new(ObjectKind::Node, name),
            slot: SLOT.to_owned(),
            values: vec![("/spec/unschedulable".to_owned(), Some(json!(true)))],
        };
        closed += u64::from(changer.apply(&change).await?.is_changed);
    }
    Ok(closed)
}

pub(crate) async fn recover(changer: &Changer, names: &[String]) -> Result<(), TargetError> {
    for name in names {
        recover_change(changer, &ObjectRef::new(ObjectKind::Node, name), SLOT).await?;
    }
    Ok(())
}
