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
pub struct Save {
    /// A JSON path into the body; the first that it finds.
    pub json: Option<String>,
    /// A header.
    pub header: Option<String>,
    /// A regular expression, on the header or else on the body: its first group, or all of
    /// it without one.
    pub regex: Option<String>,
}

impl<'de> Deserialize<'de> for Save {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SaveVisitor)
    }
}

struct SaveVisitor;

impl<'de> Visitor<'de> for SaveVisitor {
    type Value = Save;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON path such as $.id, or one of {json}, {header}, {regex}")
    }

    fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<Save, E> {
        Ok(Save { json: Some(path.to_owned()), ..Save::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Save, A::Error> {
        Save::deserialize(MapAccessDeserializer::new(map))
    }
}

impl JsonSchema for Save {
    fn schema_name() -> Cow<'static, str> {
        "Save".into()
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
