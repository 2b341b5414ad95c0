//! Restoring what a record says that a run has changed.

use serde_json::Value;

use super::change::ATTEMPTS;
use super::field_manager::manager_of;
use super::json_patch::{covers, remove_record, set_value, test_version};
use super::log_text::{shown, to_text};
use super::record::{Edit, StoredRecord, stored_records};
use crate::client::error::KubeError;
use crate::client::object::ObjectRef;
use crate::client::write::Writer;

/// What restoring has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RestoreOutcome {
    /// The object is as it was before.
    Restored,
    /// The object was as before already: somebody else has taken the change back.
    TakenBack(String),
    /// Somebody else has changed it meanwhile; that was left as it is.
    Drifted(String),
}

/// Restores the values of one record, except those that somebody else has changed meanwhile, and
/// removes the record.
pub(crate) async fn restore(
    writer: Writer<'_>,
    object: &ObjectRef,
    slot: &str,
) -> Result<RestoreOutcome, KubeError> {
    for _ in 0..ATTEMPTS {
        let found = match object.read(writer.cluster()).await {
            // The change has gone with the object.
            Err(error) if error.is_not_found() => return Ok(RestoreOutcome::Restored),
            found => found?,
        };
        let Some(stored) = stored_records(&found)?.into_iter().find(|stored| stored.slot == slot)
        else {
            return Ok(RestoreOutcome::Restored);
        };
        let (operations, drift) = undoing(&found, &stored);
        let (set, was) = to_text(&stored.record.edits);
        match writer.json_patch(object, operations, (&set, &was)).await {
            Err(error) if error.is_conflict() => {}
            Err(error) if error.is_not_found() => return Ok(RestoreOutcome::Restored),
            Err(error) => return Err(error),
            Ok(_) if drift.is_empty() => return Ok(taken_back(object, &found, &stored)),
            Ok(_) => {
                let drift = format!("{object}: {}", drift.join("; "));
                tracing::warn!(%object, slot, drift, "somebody else has changed it");
                return Ok(RestoreOutcome::Drifted(drift));
            }
        }
    }
    Err(KubeError::Contended { object: object.to_string() })
}

/// The operations that undo a record, and what drifted.
pub(super) fn undoing(found: &Value, stored: &StoredRecord) -> (Vec<Value>, Vec<String>) {
    let mut operations = vec![test_version(found)];
    let mut drift = Vec::new();
    // In reverse: a later edit may be below a parent that an earlier one has added.
    for edit in stored.record.edits.iter().rev() {
        let now = found.pointer(&edit.path);
        if is_as_set(now, edit) {
            operations.extend(set_value(found, &edit.path, edit.was.as_ref()));
        // Neither value: somebody else has decided, and brunt does not overrule.
        } else if now != edit.was.as_ref() {
            drift.push(format!(
                "{} was set to {} and is {} now{}; left as it is",
                edit.path,
                shown(edit.set.as_ref()),
                shown(now),
                by(found, &edit.path),
            ));
        }
    }
    operations.push(remove_record(&stored.slot));
    (operations, drift)
}

fn is_as_set(now: Option<&Value>, edit: &Edit) -> bool {
    match (now, &edit.set) {
        (Some(now), Some(set)) => covers(now, set),
        (now, set) => now.is_none() && set.is_none(),
    }
}

/// What was found where nothing has drifted: whether the change was still in force.
fn taken_back(object: &ObjectRef, found: &Value, stored: &StoredRecord) -> RestoreOutcome {
    let gone = stored.record.edits.iter().find(|edit| !is_as_set(found.pointer(&edit.path), edit));
    let Some(edit) = gone else { return RestoreOutcome::Restored };
    let (set, by) = (shown(edit.set.as_ref()), by(found, &edit.path));
    let how = format!("{object}: {} was set to {set}, and was taken back{by}", edit.path);
    tracing::warn!(%object, slot = stored.slot, how, "somebody else has taken a change back");
    RestoreOutcome::TakenBack(how)
}

/// Who has set a value, for the end of a clause.
fn by(found: &Value, path: &str) -> String {
    manager_of(found, path).map_or(String::new(), |manager| format!(" (by {manager})"))
}
