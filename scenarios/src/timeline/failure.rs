//! Why a request failed, and how reports write it.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::grpc::{status_name, status_named};

/// Why a request was not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// The name was not found.
    Dns,
    /// No connection: refused, or no route.
    Connect,
    /// No TLS session could be agreed on.
    Tls,
    /// No reply in time.
    Timeout,
    /// The connection broke after the request was sent.
    Reset,
    /// What came was not HTTP.
    Protocol,
    /// A status that is not a good one.
    Status(u16),
    /// A status of gRPC other than OK.
    Grpc(u16),
    /// A good status with a body that is not as expected.
    Check,
    /// Still in flight when the load ended.
    Unfinished,
}

const NAMES: [(Failure, &str); 8] = [
    (Failure::Dns, "dns"),
    (Failure::Connect, "connect"),
    (Failure::Tls, "tls"),
    (Failure::Timeout, "timeout"),
    (Failure::Reset, "reset"),
    (Failure::Protocol, "protocol"),
    (Failure::Check, "check"),
    (Failure::Unfinished, "unfinished"),
];

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(out, "status {status}"),
            Self::Grpc(status) => match status_name(*status) {
                Some(name) => write!(out, "grpc {name}"),
                None => write!(out, "grpc {status}"),
            },
            other => out.write_str(
                NAMES.iter().find(|(kind, _)| kind == other).map_or("", |(_, name)| name),
            ),
        }
    }
}

/// A text that names no way to fail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFailure {
    /// What follows `status` is no number.
    #[error("`{0}` is not a status")]
    Status(String),
    /// What follows `grpc` is neither a number nor a status's name.
    #[error("`{0}` is not a status of gRPC")]
    Grpc(String),
    /// None of the kinds has this name.
    #[error("`{0}` is not a kind of failure")]
    Kind(String),
}

impl FromStr for Failure {
    type Err = InvalidFailure;

    fn from_str(text: &str) -> Result<Self, InvalidFailure> {
        if let Some(status) = text.strip_prefix("status ") {
            let invalid = |_| InvalidFailure::Status(status.to_owned());
            return status.parse().map(Self::Status).map_err(invalid);
        }
        if let Some(status) = text.strip_prefix("grpc ") {
            let number = || status.parse().map_err(|_| InvalidFailure::Grpc(status.to_owned()));
            return status_named(status).map_or_else(number, Ok).map(Self::Grpc);
        }
        let found = NAMES.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind);
        found.ok_or_else(|| InvalidFailure::Kind(text.to_owned()))
    }
}

impl JsonSchema for Failure {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Failure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = NAMES.map(|(_, name)| name).join("|");
        json_schema!({
            "description": "Why a request was not good.",
            "type": "string",
            "pattern": format!("^({names}|status [0-9]+|grpc [a-z_0-9]+)$"),
        })
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
