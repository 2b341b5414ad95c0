//! Where in a reply a value is, as it is written: `$.id`, or `{header: location}`, or `{regex:
//! 'id=(\\d+)'}`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::path_or_map::path_or_map;

/// Where in a reply a value is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct SaveSpec {
    /// A JSON path into the body; the first that it finds.
    pub json: Option<String>,
    /// The reply's header whose value is saved.
    pub header: Option<String>,
    /// A regular expression, on the header or else on the body: its first group, or all of
    /// it without one.
    pub regex: Option<String>,
}

path_or_map!(SaveSpec, "a JSON path such as $.id, or one of {json}, {header}, {regex}", json);

impl JsonSchema for SaveSpec {
    fn schema_name() -> Cow<'static, str> {
        "SaveSpec".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = serde_json::json!({"type": "string"});
        json_schema!({"oneOf": [text, {
            "type": "object",
            "properties": {"json": text, "header": text, "regex": text},
            "additionalProperties": false,
            "minProperties": 1
        }]})
    }
}
