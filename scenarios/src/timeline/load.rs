//! What a load did, in windows.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{JourneyRecord, SparseHistogram};
use crate::grpc::{status_name, status_named};

/// What one load did.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoadRecord {
    /// The load's name, as in the plan.
    pub name: String,
    /// Its windows, by time, each `window` seconds long; requests belong where they were
    /// meant to start.
    pub windows: Vec<Window>,
    /// The length of a window, in seconds.
    pub window: f64,
    /// Done − sent, over the whole run.
    pub service_time: SparseHistogram,
    /// Sent − intended: the generator's own lag, over the whole run.
    pub lag: SparseHistogram,
    /// Whether the schedule was kept.
    pub schedule: Schedule,
    /// What came of its journeys; empty when it makes the same request over and over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub journeys: Vec<JourneyRecord>,
    /// Keys of accepted commands, in order of their replies; not part of the JSON report.
    #[serde(skip)]
    pub accepted: Vec<String>,
    /// Requests that were sent and got no reply: the command may or may not have been accepted.
    pub unknown: u64,
}

/// One window of a load.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// When it starts, in seconds after the loads' start.
    pub start: f64,
    /// How many requests got a good reply.
    pub ok: u64,
    /// All others, by kind.
    #[schemars(with = "BTreeMap<String, u64>")]
    pub failed: BTreeMap<Failure, u64>,
    /// Done − intended, of every request that got a reply, and the waiting time of those
    /// that timed out.
    pub latency: SparseHistogram,
}

/// Whether a generator did what it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "kept", content = "why")]
pub enum Schedule {
    /// Requests were sent when they were meant to be.
    Kept,
    /// No, and the figures say more of the generator than of the system.
    Missed(String),
}

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

impl Window {
    /// All that failed.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
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

impl FromStr for Failure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(status) = text.strip_prefix("status ") {
            return status
                .parse()
                .map(Self::Status)
                .map_err(|_| format!("`{status}` is not a status"));
        }
        if let Some(status) = text.strip_prefix("grpc ") {
            let number =
                || status.parse().map_err(|_| format!("`{status}` is not a status of gRPC"));
            return status_named(status).map_or_else(number, Ok).map(Self::Grpc);
        }
        let found = NAMES.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind);
        found.ok_or_else(|| format!("`{text}` is not a kind of failure"))
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
