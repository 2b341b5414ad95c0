//! Changing values of an object so that the change can be restored by anyone.

use serde_json::Value;

use super::json_patch::{add_record, rooted, set_value, test_version};
use super::log_text::{after_text, before_text};
use super::record::{ChangeRecord, Edit, RunLease, StoredRecord, stored_records};
use crate::client::error::KubeError;
use crate::client::object::ObjectRef;
use crate::client::write::Writer;

/// How often a patch is made again when somebody else was quicker.
pub(super) const ATTEMPTS: usize = 8;

/// The slot of rollouts.
pub(crate) const ROLLOUT: &str = "rollout";

/// Values to set on one object; `None` removes one.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) object: ObjectRef,
    /// Names the change, in the name of the annotation that holds its record.
    pub(crate) slot: String,
    /// JSON pointers and values.
    pub(crate) values: Vec<(String, Option<Value>)>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The object's generation after it.
    pub(crate) generation: i64,
    /// Whether any value was another one before.
    pub(crate) is_changed: bool,
}

impl Change {
    /// Makes the change and its record in one patch. A later change by the same run keeps the
    /// values of the first record as those before.
    pub(crate) async fn apply(
        &self,
        writer: Writer<'_>,
        lease: &RunLease,
    ) -> Result<Applied, KubeError> {
        let cluster = writer.cluster();
        for _ in 0..ATTEMPTS {
            let object = self.object.read(cluster).await?;
            let Some(operations) = self.operations(&object, &cluster.namespace, lease)? else {
                let generation = object.pointer("/metadata/generation").and_then(Value::as_i64);
                let generation = generation.unwrap_or_default();
                return Ok(Applied { generation, is_changed: false });
            };
            let (before, after) = (before_text(&object, &self.values), after_text(&self.values));
            match writer.json_patch(&self.object, operations, (&before, &after)).await {
                Err(error) if error.is_conflict() => {
                    tracing::debug!(object = %self.object, "somebody else was quicker: again");
                }
                outcome => {
                    return outcome.map(|generation| Applied { generation, is_changed: true });
                }
            }
        }
        Err(KubeError::Contended { object: self.object.to_string() })
    }

    /// `None` when there is nothing to do.
    fn operations(
        &self,
        object: &Value,
        namespace: &str,
        lease: &RunLease,
    ) -> Result<Option<Vec<Value>>, KubeError> {
        let all = stored_records(object)?;
        self.must_not_overlap(object, &all)?;
        let before = all.into_iter().find(|stored| stored.slot == self.slot);
        if let Some(other) = before.as_ref().filter(|stored| stored.record.lease.run != lease.run) {
            return Err(in_use(&self.object, other));
        }
        let mut edits = before.map(|stored| stored.record.edits).unwrap_or_default();
        // Without the test, a change that came in between would be overwritten and recorded as
        // ours.
        let mut operations = vec![test_version(object)];
        for (path, set) in &self.values {
            let (path, set) =
                rooted(object, path, set.clone()).unwrap_or((path.clone(), set.clone()));
            let was = object.pointer(&path).cloned();
            operations.extend(set_value(object, &path, set.as_ref()));
            // The value before the run is what is restored, however often the run changes it.
            match edits.iter_mut().find(|edit| edit.path == path) {
                Some(edit) => edit.set = set,
                None if was != set => edits.push(Edit { path, was, set }),
                None => {}
            }
        }
        if edits.is_empty() {
            return Ok(None);
        }
        let record = ChangeRecord { lease: lease.clone(), namespace: namespace.to_owned(), edits };
        operations.extend(add_record(object, &self.slot, &record));
        Ok(Some(operations))
    }

    /// Two changes of which one contains the other could not be restored one by one. A pod
    /// template may be set over a rollout, as neither ends before the run does, and the whole
    /// is restored first.
    fn must_not_overlap(&self, object: &Value, all: &[StoredRecord]) -> Result<(), KubeError> {
        let others = all.iter().filter(|stored| stored.slot != self.slot);
        for (other, edit) in
            others.flat_map(|stored| stored.record.edits.iter().map(move |edit| (stored, edit)))
        {
            for (path, set) in &self.values {
                let (path, _) = rooted(object, path, set.clone()).unwrap_or((path.clone(), None));
                let over = contains(&path, &edit.path) && other.slot != ROLLOUT;
                if over || contains(&edit.path, &path) {
                    return Err(KubeError::Overlap {
                        object: self.object.to_string(),
                        path: edit.path.clone(),
                        slot: other.slot.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Whether a pointer is that of a whole of which another is a part.
fn contains(whole: &str, part: &str) -> bool {
    part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/'))
}

fn in_use(object: &ObjectRef, other: &StoredRecord) -> KubeError {
    let RunLease { run, expires } = other.record.lease.clone();
    KubeError::InUse { object: object.to_string(), run, expires }
}

#[cfg(test)]
mod tests;
