//! Who has set a field of an object, by the managed fields that the API server keeps. Pure.

use serde_json::Value;

/// The field manager that has set the value at a JSON pointer last; `None` where none is noted.
pub(super) fn manager_of<'a>(found: &'a Value, path: &str) -> Option<&'a str> {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let entries = found.pointer("/metadata/managedFields").and_then(Value::as_array)?;
    let owners = entries.iter().filter(|entry| owns(&entry["fieldsV1"], found, &segments));
    // Times are in one format, whose order is that of the text.
    let last = owners.max_by_key(|entry| entry["time"].as_str().unwrap_or_default())?;
    last["manager"].as_str()
}

/// Whether a set of fields holds the one at these segments, or a whole that it is a part of.
fn owns(fields: &Value, value: &Value, segments: &[&str]) -> bool {
    let Some(fields) = fields.as_object() else { return false };
    // A field without fields of its own is owned as a whole.
    let Some((segment, rest)) = segments.split_first() else { return true };
    if fields.is_empty() {
        return true;
    }
    let key = segment.replace("~1", "/").replace("~0", "~");
    match value {
        Value::Array(elements) => {
            let element = key.parse().ok().and_then(|place: usize| elements.get(place));
            let Some(element) = element else { return false };
            // Elements of lists are known by some of their fields, such as the name.
            let is_its = |key: &str| {
                let keys = key.strip_prefix("k:").and_then(|keys| serde_json::from_str(keys).ok());
                let Some(Value::Object(keys)) = keys else { return false };
                keys.iter().all(|(key, value)| element[key] == *value)
            };
            fields.iter().any(|(key, fields)| is_its(key) && owns(fields, element, rest))
        }
        _ => {
            let below = value.get(&key).unwrap_or(&Value::Null);
            fields.get(&format!("f:{key}")).is_some_and(|fields| owns(fields, below, rest))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found() -> Value {
        let entry = |manager: &str, time: &str, fields: Value| json!({"manager": manager, "time": time, "fieldsV1": {"f:spec": fields}});
        let env = json!({"f:template": {"f:spec": {"f:containers": {
            "k:{\"name\":\"web\"}": {".": {}, "f:env": {}}}}}});
        json!({
            "metadata": {"managedFields": [
                entry("kubectl", "2026-01-01T00:00:00Z", json!({"f:replicas": {}})),
                entry("hpa", "2026-01-02T00:00:00Z", json!({"f:replicas": {}})),
                entry("argocd", "2026-01-01T00:00:00Z", env),
            ]},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [
                {"name": "shipper"}, {"name": "web", "env": [{"name": "A"}]}]}}},
        })
    }

    #[test]
    fn the_last_one_that_has_set_a_field_is_its_manager() {
        assert_eq!(manager_of(&found(), "/spec/replicas"), Some("hpa"));
        assert_eq!(manager_of(&found(), "/spec/paused"), None);
    }

    #[test]
    fn elements_of_lists_are_found_by_their_keys() {
        let env = |container: u32| format!("/spec/template/spec/containers/{container}/env");
        assert_eq!(manager_of(&found(), &env(1)), Some("argocd"));
        assert_eq!(manager_of(&found(), &env(0)), None);
        let part = format!("{}/0/value", env(1));
        assert_eq!(manager_of(&found(), &part), Some("argocd"), "a part of the whole");
    }
}
