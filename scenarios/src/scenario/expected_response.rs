//! What an answer must be, as it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::OneOrMany;
use crate::grpc::{STATUSES, status_named};
use crate::source::Located;

/// What an answer must be: `201`, `[200, 409]`, `NOT_FOUND` of gRPC, or `{status: 200,
/// json: {$.status: Completed}}`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExpectedResponseSpec {
    /// Any of these; any 2xx or 3xx when empty.
    pub status: Vec<u16>,
    /// Any of these, of a call of gRPC; OK when empty.
    pub grpc: Vec<u16>,
    /// JSON path → value: the path must find something, and all that it finds must equal the value.
    pub json: BTreeMap<Located<String>, serde_json::Value>,
    /// Header → its value, or its value up to a semicolon.
    pub headers: BTreeMap<String, String>,
    /// Texts that the body contains.
    pub contains: Vec<Located<String>>,
    /// Regular expressions that the body matches.
    pub matches: Vec<Located<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedResponseFields {
    #[serde(default)]
    status: Option<ExpectedResponseSpec>,
    #[serde(default)]
    json: BTreeMap<Located<String>, serde_json::Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    contains: Option<OneOrMany>,
    matches: Option<OneOrMany>,
}

impl<'de> Deserialize<'de> for ExpectedResponseSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpectedResponseVisitor)
    }
}

struct ExpectedResponseVisitor;

impl<'de> Visitor<'de> for ExpectedResponseVisitor {
    type Value = ExpectedResponseSpec;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "a status, a list of statuses (gRPC's by their names), or {status, headers, \
            json, contains, matches}",
        )
    }

    fn visit_u64<E: serde::de::Error>(self, status: u64) -> Result<ExpectedResponseSpec, E> {
        let status = u16::try_from(status).ok().filter(|status| (100..600).contains(status));
        let status = status.ok_or_else(|| E::custom("a status is a number from 100 to 599"))?;
        Ok(ExpectedResponseSpec { status: vec![status], ..ExpectedResponseSpec::default() })
    }

    fn visit_i64<E: serde::de::Error>(self, status: i64) -> Result<ExpectedResponseSpec, E> {
        self.visit_u64(u64::try_from(status).unwrap_or(0))
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<ExpectedResponseSpec, E> {
        let status = status_named(name);
        let status = status.ok_or_else(|| {
            E::custom(format!("`{name}` is no status of gRPC, such as OK or NOT_FOUND"))
        })?;
        Ok(ExpectedResponseSpec { grpc: vec![status], ..ExpectedResponseSpec::default() })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<ExpectedResponseSpec, A::Error> {
        let each: Vec<ExpectedResponseSpec> = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        let mut all = ExpectedResponseSpec::default();
        for one in each {
            all.status.extend(one.status);
            all.grpc.extend(one.grpc);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExpectedResponseSpec, A::Error> {
        let fields = ExpectedResponseFields::deserialize(MapAccessDeserializer::new(map))?;
        let many = |texts: Option<OneOrMany>| texts.map_or(Vec::new(), |texts| texts.0);
        let ExpectedResponseSpec { status, grpc, .. } = fields.status.unwrap_or_default();
        Ok(ExpectedResponseSpec {
            status,
            grpc,
            json: fields.json,
            headers: fields.headers,
            contains: many(fields.contains),
            matches: many(fields.matches),
        })
    }
}

impl JsonSchema for ExpectedResponseSpec {
    fn schema_name() -> Cow<'static, str> {
        "ExpectedResponseSpec".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let status = serde_json::json!({"type": "integer", "minimum": 100, "maximum": 599});
        let names = STATUSES.map(str::to_uppercase);
        let status = serde_json::json!({"anyOf": [status, {"enum": names}]});
        let statuses = serde_json::json!({"type": "array", "items": status, "minItems": 1});
        let text = serde_json::json!({"type": "string"});
        let texts =
            serde_json::json!({"oneOf": [text, {"type": "array", "items": text, "minItems": 1}]});
        json_schema!({"oneOf": [status, statuses, {
            "type": "object",
            "properties": {
                "status": {"oneOf": [status, statuses]},
                "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                "json": {"type": "object"},
                "contains": texts,
                "matches": texts
            },
            "additionalProperties": false
        }]})
    }
}
