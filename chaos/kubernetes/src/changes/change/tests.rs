//! Changes and restores of one object, without a cluster.

use serde_json::json;

use super::*;
use crate::changes::restore::undoing;
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
    let meta = json!({"resourceVersion": "7", "annotations": {"mine": "x"}});
    json!({"metadata": meta, "spec": {"replicas": 2}})
}

fn record_of(object: &Value) -> StoredRecord {
    stored_records(object).unwrap().remove(0)
}

#[test]
fn a_value_that_is_changed_twice_is_restored_to_the_first() {
    let once = patched(&shop(), scale(0).operations(&shop(), "ns", &lease("a")).unwrap().unwrap());
    let twice = patched(&once, scale(5).operations(&once, "ns", &lease("a")).unwrap().unwrap());
    assert_eq!(twice["spec"]["replicas"], 5);
    let (operations, drift) = undoing(&twice, &record_of(&twice));
    assert_eq!(drift, [""; 0]);
    assert_eq!(patched(&twice, operations), shop());
}

#[test]
fn a_value_that_somebody_else_changed_is_left_and_reported() {
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
fn a_value_that_another_run_has_changed_is_not_changed() {
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
fn a_whole_is_not_changed_over_its_part_except_over_a_rollout() {
    let mut object = shop();
    object["spec"]["template"] = json!({"metadata": {}, "spec": {"env": ["a"]}});
    let version = template("version", "/spec/template", json!({"spec": {"env": []}}));
    let env = template("env", "/spec/template/spec/env", json!(["b"]));
    let changed = patched(&object, env.operations(&object, "ns", &lease("a")).unwrap().unwrap());
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
fn setting_a_value_that_is_there_changes_nothing() {
    assert_eq!(scale(2).operations(&shop(), "ns", &lease("a")).unwrap(), None);
}
