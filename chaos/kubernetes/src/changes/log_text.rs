//! Values as the log and messages show them: short, and without what may be secret. Pure.

use serde_json::{Map, Value, json};

use super::record::Edit;

/// The longest text of a value, in characters. A pod template has thousands.
const LONGEST: usize = 120;

/// A value for people; "nothing" where there is none.
pub(super) fn shown(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), |value| {
        let text = value.to_string();
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    })
}

/// The values at these pointers, as an object has them.
pub(super) fn before_text(object: &Value, values: &[(String, Option<Value>)]) -> String {
    joined(values.iter().map(|(path, _)| (path, object.pointer(path))))
}

/// The values that a change sets.
pub(super) fn after_text(values: &[(String, Option<Value>)]) -> String {
    joined(values.iter().map(|(path, value)| (path, value.as_ref())))
}

/// What edits had set, and what was there before.
pub(super) fn to_text(edits: &[Edit]) -> (String, String) {
    let set = joined(edits.iter().map(|edit| (&edit.path, edit.set.as_ref())));
    let was = joined(edits.iter().map(|edit| (&edit.path, edit.was.as_ref())));
    (set, was)
}

fn joined<'a>(values: impl Iterator<Item = (&'a String, Option<&'a Value>)>) -> String {
    let one = |(path, value): (&String, Option<&Value>)| {
        format!("{path} = {}", shown(value.map(redacted).as_ref()))
    };
    values.map(one).collect::<Vec<_>>().join(", ")
}

/// The value without the values of environment variables: those of other people's containers may
/// hold passwords, and logs are passed on more freely than objects are.
fn redacted(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(redacted).collect(),
        Value::Object(all) => {
            let is_variable = all.contains_key("name") && all.contains_key("value");
            let one = |(key, value): (&String, &Value)| match is_variable && key == "value" {
                true => (key.clone(), json!("…")),
                false => (key.clone(), redacted(value)),
            };
            Value::Object(all.iter().map(one).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_does_not_show_the_values_of_environment_variables() {
        let env = json!([{"name": "PASSWORD", "value": "hunter2"}]);
        let text = after_text(&[("/env".to_owned(), Some(env))]);
        assert_eq!(text, r#"/env = [{"name":"PASSWORD","value":"…"}]"#);
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = shown(Some(&json!("ä".repeat(LONGEST))));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert_eq!(shown(None), "nothing");
    }
}
