//! The spellings of a value.

use brunt_scenarios::form::form;
use brunt_scenarios::url_text::{in_path, in_query};

/// How a value is written in URLs, in forms and in JSON.
pub(super) fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let form = form([("", value)]);
    vec![
        value.to_owned(),
        in_query(value),
        in_path(value),
        form.trim_start_matches('=').to_owned(),
        json.trim_matches('"').to_owned(),
    ]
}
