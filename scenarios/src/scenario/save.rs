//! Where in a reply a value is, as it is written: `$.id`, or `{header: location}`, or `{regex:
//! 'id=(\\d+)'}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

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

impl<'de> Deserialize<'de> for SaveSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SaveVisitor)
    }
}

struct SaveVisitor;

impl<'de> Visitor<'de> for SaveVisitor {
    type Value = SaveSpec;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON path such as $.id, or one of {json}, {header}, {regex}")
    }

    fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<SaveSpec, E> {
        Ok(SaveSpec { json: Some(path.to_owned()), ..SaveSpec::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SaveSpec, A::Error> {
        SaveSpec::deserialize(MapAccessDeserializer::new(map))
    }
}

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
