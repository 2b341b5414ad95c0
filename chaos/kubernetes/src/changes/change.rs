//! Changing an object so that it can be put back by anybody, and putting it back.

use serde_json::Value;

use crate::changes::record::{
    ChangeRecord, Edit, RunLease, StoredRecord, covers, erase, operation, rooted, stored_records,
    unchanged, write,
};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ChangeMode, ObjectRef};

/// How often a patch is made anew when somebody else was quicker.
const TRIES: usize = 8;

/// The slot of rollouts.
pub(crate) const ROLLOUT: &str = "rollout";

/// Values to set on one object; `None` takes one away.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) object: ObjectRef,
    /// Names what is changed, in the annotation's name.
    pub(crate) slot: String,
    pub(crate) values: Vec<(String, Option<Value>)>,
}

/// What putting back has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RestoreOutcome {
    /// It is as it was before.
    Restored,
    /// Somebody else has changed it meanwhile; that was left as it is.
    Drifted(String),
}

impl Change {
    /// Makes the change and notes, in the same patch, how it was. A later change by the same run
    /// keeps the first note. Returns the object's generation after it.
    pub(crate) async fn apply(
        &self,
        cluster: &Cluster,
        lease: &RunLease,
        mode: ChangeMode,
    ) -> Result<i64, KubeError> {
        for _ in 0..TRIES {
            let object = self.object.read(cluster).await?;
            let Some(operations) = self.operations(&object, &cluster.namespace, lease)? else {
                return Ok(object
                    .pointer("/metadata/generation")
                    .and_then(Value::as_i64)
                    .unwrap_or_default());
            };
            match self.object.patch(cluster, operations, mode).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(KubeError::Other(format!("{} is changed by somebody else all the time", self.object)))
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
        let before = all.into_iter().find(|noted| noted.slot == self.slot);
        if let Some(other) = before.as_ref().filter(|noted| noted.record.lease.run != lease.run) {
            return Err(in_use(&self.object, other));
        }
        let mut edits = before.map(|noted| noted.record.edits).unwrap_or_default();
        let mut operations = vec![unchanged(object)];
        for (path, set) in &self.values {
            let (path, set) =
                rooted(object, path, set.clone()).unwrap_or((path.clone(), set.clone()));
            let was = object.pointer(&path).cloned();
            operations.extend(operation(object, &path, set.as_ref()));
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
        operations.extend(write(object, &self.slot, &record));
        Ok(Some(operations))
    }
}

impl Change {
    /// Two changes of which one holds the other could not be put back one by one. A version may be
    /// set over a rollout, as neither ends before the run does, and the version is put back first.
    fn must_not_overlap(&self, object: &Value, all: &[StoredRecord]) -> Result<(), KubeError> {
        let others = all.iter().filter(|noted| noted.slot != self.slot);
        for (other, edit) in
            others.flat_map(|noted| noted.record.edits.iter().map(move |edit| (noted, edit)))
        {
            for (path, set) in &self.values {
                let (path, _) = rooted(object, path, set.clone()).unwrap_or((path.clone(), None));
                let over = holds(&path, &edit.path) && other.slot != ROLLOUT;
                if over || holds(&edit.path, &path) {
                    return Err(KubeError::Other(format!(
                        "{} is being changed at {} by another fault ({}); let that one end first, or leave one of them out",
                        self.object, edit.path, other.slot
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Whether a pointer is that of a whole of which another is a part.
fn holds(whole: &str, part: &str) -> bool {
    part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/'))
}

fn in_use(object: &ObjectRef, other: &StoredRecord) -> KubeError {
    let RunLease { run, expires } = &other.record.lease;
    KubeError::Other(format!(
        "{object} is being changed by run {run} until {expires}; wait, or end it with `brunt revert --run {run}`"
    ))
}

/// Puts the values of one record back, unless somebody else has changed them meanwhile, and takes
/// the record away.
pub(crate) async fn put_back(
    cluster: &Cluster,
    object: &ObjectRef,
    slot: &str,
) -> Result<RestoreOutcome, KubeError> {
    for _ in 0..TRIES {
        let found = match object.read(cluster).await {
            // Whoever deleted it has taken the change with it.
            Err(error) if error.is_not_found() => return Ok(RestoreOutcome::Restored),
            found => found?,
        };
        let Some(noted) = stored_records(&found)?.into_iter().find(|noted| noted.slot == slot)
        else {
            return Ok(RestoreOutcome::Restored);
        };
        let (operations, drift) = undoing(&found, &noted);
        match object.patch(cluster, operations, ChangeMode::Apply).await {
            Err(error) if error.is_conflict() => {}
            Err(error) if error.is_not_found() => return Ok(RestoreOutcome::Restored),
            Err(error) => return Err(error),
            Ok(_) if drift.is_empty() => return Ok(RestoreOutcome::Restored),
            Ok(_) => return Ok(RestoreOutcome::Drifted(format!("{object}: {}", drift.join("; ")))),
        }
    }
    Err(KubeError::Other(format!("{object} is changed by somebody else all the time")))
}

/// The operations that undo a record, and what drifted.
fn undoing(found: &Value, noted: &StoredRecord) -> (Vec<Value>, Vec<String>) {
    let mut operations = vec![unchanged(found)];
    let mut drift = Vec::new();
    for edit in noted.record.edits.iter().rev() {
        let now = found.pointer(&edit.path);
        let as_set = match (now, &edit.set) {
            (Some(now), Some(set)) => covers(now, set),
            (now, set) => now.is_none() && set.is_none(),
        };
        if as_set {
            operations.extend(operation(found, &edit.path, edit.was.as_ref()));
        } else if now != edit.was.as_ref() {
            drift.push(format!(
                "{} was set to {} and is {} now; left as it is",
                edit.path,
                words(edit.set.as_ref()),
                words(now)
            ));
        }
    }
    operations.push(erase(&noted.slot));
    (operations, drift)
}

fn words(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), |value| {
        let text = value.to_string();
        match text.char_indices().nth(120) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::object::ObjectKind;

    fn lease(run: &str) -> RunLease {
        RunLease { run: run.to_owned(), expires: "2026-01-01T00:00:00Z".parse().unwrap() }
    }

    fn scale(replicas: u32) -> Change {
        Change {
            object: ObjectRef::new(ObjectKind::Deployment, "shop"),
            slot: "replicas".to_owned(),
            values: vec![("/spec/replicas".to_owned(), Some(json!(replicas)))],
        }
    }

    /// What the API server would make of it.
    fn patched(object: &Value, operations: Vec<Value>) -> Value {
        let mut object = object.clone();
        for operation in operations {
            let path = operation["path"].as_str().unwrap();
            let (parent, leaf) = path.rsplit_once('/').unwrap();
            let leaf = leaf.replace("~1", "/").replace("~0", "~");
            match operation["op"].as_str().unwrap() {
                "test" => assert_eq!(object.pointer(path), Some(&operation["value"])),
                "remove" => {
                    drop(
                        object
                            .pointer_mut(parent)
                            .unwrap()
                            .as_object_mut()
                            .unwrap()
                            .remove(&leaf)
                            .unwrap(),
                    );
                }
                _ => object.pointer_mut(parent).unwrap()[leaf] = operation["value"].clone(),
            }
        }
        object
    }

    fn shop() -> Value {
        json!({"metadata": {"resourceVersion": "7", "annotations": {"mine": "x"}}, "spec": {"replicas": 2}})
    }

    fn record_of(object: &Value) -> StoredRecord {
        stored_records(object).unwrap().remove(0)
    }

    #[test]
    fn the_first_value_is_what_comes_back() {
        let once =
            patched(&shop(), scale(0).operations(&shop(), "ns", &lease("a")).unwrap().unwrap());
        let twice = patched(&once, scale(5).operations(&once, "ns", &lease("a")).unwrap().unwrap());
        assert_eq!(twice["spec"]["replicas"], 5);
        let (operations, drift) = undoing(&twice, &record_of(&twice));
        assert_eq!(drift, [""; 0]);
        assert_eq!(patched(&twice, operations), shop());
    }

    #[test]
    fn what_somebody_else_changed_is_left_and_reported() {
        let mut changed =
            patched(&shop(), scale(0).operations(&shop(), "ns", &lease("a")).unwrap().unwrap());
        changed["spec"]["replicas"] = json!(4);
        let (operations, drift) = undoing(&changed, &record_of(&changed));
        assert_eq!(drift, ["/spec/replicas was set to 0 and is 4 now; left as it is"]);
        let left = patched(&changed, operations);
        assert_eq!(left["spec"]["replicas"], 4);
        assert_eq!(stored_records(&left).unwrap(), []);
    }

    #[test]
    fn another_runs_change_is_not_touched() {
        let changed =
            patched(&shop(), scale(0).operations(&shop(), "ns", &lease("a")).unwrap().unwrap());
        let error = scale(3).operations(&changed, "ns", &lease("b")).unwrap_err();
        assert!(error.to_string().contains("brunt revert --run a"), "{error}");
    }

    fn template(slot: &str, path: &str, value: Value) -> Change {
        let object = ObjectRef::new(ObjectKind::Deployment, "shop");
        Change { object, slot: slot.to_owned(), values: vec![(path.to_owned(), Some(value))] }
    }

    #[test]
    fn a_whole_is_not_changed_over_its_part_but_for_a_rollout() {
        let mut object = shop();
        object["spec"]["template"] = json!({"metadata": {}, "spec": {"env": ["a"]}});
        let version = template("version", "/spec/template", json!({"spec": {"env": []}}));
        let env = template("env", "/spec/template/spec/env", json!(["b"]));
        let changed =
            patched(&object, env.operations(&object, "ns", &lease("a")).unwrap().unwrap());
        let error = version.operations(&changed, "ns", &lease("a")).unwrap_err();
        assert!(error.to_string().contains("by another fault (env)"), "{error}");
        let changed =
            patched(&object, version.operations(&object, "ns", &lease("a")).unwrap().unwrap());
        assert!(env.operations(&changed, "ns", &lease("a")).is_err());
        let rollout = template(ROLLOUT, "/spec/template/metadata/annotations/x", json!("1"));
        let changed =
            patched(&object, rollout.operations(&object, "ns", &lease("a")).unwrap().unwrap());
        version.operations(&changed, "ns", &lease("a")).unwrap().unwrap();
    }

    #[test]
    fn setting_what_is_there_changes_nothing() {
        assert_eq!(scale(2).operations(&shop(), "ns", &lease("a")).unwrap(), None);
    }
}
