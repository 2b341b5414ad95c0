//! Probes as they are written, with Kubernetes' parameter names, defaults and meaning.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Located;

/// A probe: exactly one of `httpGet`, `tcpSocket`, `exec` and `grpc`, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Probe")]
pub struct ProbeSpec {
    /// A request over HTTP: a status from 200 to 399 in time is a success.
    pub http_get: Option<HttpGet>,
    /// A connection: one that is accepted in time is a success.
    pub tcp_socket: Option<TcpSocket>,
    /// A command: an exit code of 0 in time is a success.
    pub exec: Option<ExecProbe>,
    /// A call of gRPC's `grpc.health.v1.Health/Check`: `SERVING` in time is a success.
    pub grpc: Option<GrpcProbe>,
    /// Seconds from the start, or the startup probe's success, to the first probe: 0 unless given.
    #[serde(default)]
    pub initial_delay_seconds: u32,
    /// Seconds between probes: 10 unless given.
    #[serde(default = "ten")]
    pub period_seconds: u32,
    /// Seconds until a probe without an answer has failed: 1 unless given.
    #[serde(default = "one")]
    pub timeout_seconds: u32,
    /// Successes in a row that make it healthy again: 1 unless given, and always 1 for liveness
    /// and startup probes.
    #[serde(default = "one_located")]
    pub success_threshold: Located<u32>,
    /// Failures in a row that make it unhealthy: 3 unless given.
    #[serde(default = "three")]
    pub failure_threshold: u32,
}

/// The HTTP GET that a probe sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpGet {
    /// The path that is asked for, from the slash on: `/` unless given.
    #[serde(default = "slash")]
    pub path: String,
    /// The port of 127.0.0.1: the replica's own unless given.
    pub port: Option<u16>,
    /// `HTTP` unless given. With `HTTPS`, the certificate is not verified.
    #[serde(default)]
    pub scheme: ProbeScheme,
    /// Headers of the request. `Host` may be among them.
    #[serde(default)]
    pub http_headers: Vec<ProbeHeader>,
}

/// Whether a probe goes over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProbeScheme {
    /// HTTP without TLS.
    #[default]
    Http,
    /// HTTP with TLS, without a check of the certificate.
    Https,
}

/// A header of a probe's request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProbeHeader {
    /// The header's name.
    pub name: Located<String>,
    /// Its value, as it is sent.
    pub value: String,
}

/// The connection that a probe opens.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TcpSocket {
    /// The port of 127.0.0.1: the replica's own unless given.
    pub port: Option<u16>,
}

/// The command that a probe runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExecProbe {
    /// The program and its arguments, filled in as the service's `command` is. It runs in the
    /// service's folder and environment, and not in a shell.
    pub command: Located<Vec<String>>,
}

/// The call that a probe makes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GrpcProbe {
    /// The port of 127.0.0.1: the replica's own unless given.
    pub port: Option<u16>,
    /// The name of the service that is asked about: the server as a whole unless given.
    #[serde(default)]
    pub service: String,
}

fn slash() -> String {
    "/".to_owned()
}

fn one() -> u32 {
    1
}

fn one_located() -> Located<u32> {
    Located { value: 1, span: crate::source::Span::START }
}

fn three() -> u32 {
    3
}

fn ten() -> u32 {
    10
}
