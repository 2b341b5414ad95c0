//! Where the key of a command is, as it is written: `$.id` and `{header: location}` in the reply,
//! `{request: $.id}` in what was sent.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::SaveSpec;
use super::path_or_map::path_or_map;

/// Where the key of a command is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct KeySpec {
    /// A JSON path into the reply's body.
    pub json: Option<String>,
    /// The reply's header that is the key.
    pub header: Option<String>,
    /// A regular expression, on the reply's header or else on its body.
    pub regex: Option<String>,
    /// Or a place in the request.
    pub request: Option<SentKeySpec>,
}

/// Where in a request the key is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct SentKeySpec {
    /// A JSON path into the body; of a form, into an object of its fields.
    pub json: Option<String>,
    /// The request's header that is the key.
    pub header: Option<String>,
    /// A regular expression on the path and query: its first group, or all of it without one.
    pub path: Option<String>,
    /// A regular expression, on the header or else on the body.
    pub regex: Option<String>,
}

path_or_map!(
    KeySpec,
    "a JSON path such as $.id, or one of {json}, {header}, {regex}, {request}",
    json
);
path_or_map!(
    SentKeySpec,
    "a JSON path such as $.id, or one of {json}, {header}, {path}, {regex}",
    json
);

impl KeySpec {
    /// The place in the reply.
    pub fn of_reply(&self) -> SaveSpec {
        let Self { json, header, regex, .. } = self.clone();
        SaveSpec { json, header, regex }
    }
}

impl JsonSchema for KeySpec {
    fn schema_name() -> Cow<'static, str> {
        "KeySpec".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = serde_json::json!({"type": "string"});
        let request = serde_json::json!({
            "description": "A place in the request, whose values are filled in.",
            "oneOf": [text, {
                "type": "object",
                "properties": {"json": text, "header": text, "path": text, "regex": text},
                "additionalProperties": false,
                "minProperties": 1
            }]
        });
        json_schema!({"oneOf": [text, {
            "type": "object",
            "properties": {"json": text, "header": text, "regex": text, "request": request},
            "additionalProperties": false,
            "minProperties": 1
        }]})
    }
}
