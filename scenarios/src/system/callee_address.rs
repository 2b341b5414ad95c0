//! How a caller learns a callee's address.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// How a caller learns a callee's address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CalleeAddress {
    /// The environment variable that gets the callee's URL, `http://127.0.0.1:PORT`; or several
    /// variables with what each gets, where `${host}`, `${port}` and `${url}` are the callee's:
    /// `{PGHOST: "${host}", PGPORT: "${port}"}`. On a cluster, the manifests say where calls go,
    /// and none is needed.
    pub env: Option<AddressVariables>,
}

/// Environment variables with the address of a callee: name → text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressVariables(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for AddressVariables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AddressVariablesVisitor)
    }
}

struct AddressVariablesVisitor;

impl<'de> Visitor<'de> for AddressVariablesVisitor {
    type Value = AddressVariables;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the name of a variable, or variables with their texts")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<AddressVariables, E> {
        Ok(AddressVariables(BTreeMap::from([(name.to_owned(), "${url}".to_owned())])))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AddressVariables, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(AddressVariables)
    }
}

impl JsonSchema for AddressVariables {
    fn schema_name() -> Cow<'static, str> {
        "AddressVariables".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "string"}}
            ]
        })
    }
}
