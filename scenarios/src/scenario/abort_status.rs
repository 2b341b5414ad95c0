//! The status of an `abort`, as it is written: `503`, or `UNAVAILABLE` of gRPC.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::grpc::{STATUSES, status_name, status_named};

/// The status of a reply that a fault makes in a callee's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbortStatus {
    /// One of HTTP, from 200 to 599.
    Http(u16),
    /// One of gRPC, from 1 to 16. Requests that are no calls of gRPC do not meet the fault.
    Grpc(u16),
}

impl fmt::Display for AbortStatus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(status) => status.fmt(out),
            Self::Grpc(status) => match status_name(*status) {
                Some(name) => out.write_str(&name.to_ascii_uppercase()),
                None => write!(out, "status {status} of gRPC"),
            },
        }
    }
}

impl<'de> Deserialize<'de> for AbortStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AbortStatusVisitor)
    }
}

struct AbortStatusVisitor;

impl Visitor<'_> for AbortStatusVisitor {
    type Value = AbortStatus;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a status from 200 to 599, or a status of gRPC by its name")
    }

    fn visit_u64<E: Error>(self, status: u64) -> Result<AbortStatus, E> {
        // Those from 100 to 199 come before the reply itself.
        let status = u16::try_from(status).ok().filter(|status| (200..600).contains(status));
        let status =
            status.ok_or_else(|| E::custom("the status of a reply is a number from 200 to 599"))?;
        Ok(AbortStatus::Http(status))
    }

    fn visit_i64<E: Error>(self, status: i64) -> Result<AbortStatus, E> {
        self.visit_u64(u64::try_from(status).unwrap_or(0))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<AbortStatus, E> {
        // A reply of OK without a message is none that a callee may give.
        let status = status_named(name).filter(|status| *status != 0);
        let status = status.ok_or_else(|| {
            E::custom(format!(
                "`{name}` is no status of gRPC that ends a call, such as UNAVAILABLE"
            ))
        })?;
        Ok(AbortStatus::Grpc(status))
    }
}

impl JsonSchema for AbortStatus {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AbortStatus".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<String> =
            STATUSES[1..].iter().map(|name| name.to_ascii_uppercase()).collect();
        json_schema!({
            "description": "A status of HTTP, or one of gRPC by its name.",
            "oneOf": [{"type": "integer", "minimum": 200, "maximum": 599}, {"enum": names}]
        })
    }
}
