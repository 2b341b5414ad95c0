//! Spans as OTLP's JSON.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::record::Record;

/// A request of OTLP/HTTP.
pub(super) fn request(service: &str, records: &[Record]) -> Value {
    let spans: Vec<Value> = records.iter().map(span).collect();
    let scope = json!({ "name": "brunt", "version": env!("CARGO_PKG_VERSION") });
    json!({ "resourceSpans": [{
        "resource": { "attributes": [attribute("service.name", service)] },
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }]})
}

fn span(record: &Record) -> Value {
    let attributes: Vec<Value> =
        record.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    let mut span = json!({
        "traceId": record.context.trace_id(),
        "spanId": record.context.span_id(),
        "name": record.name,
        "kind": record.kind as u8,
        "startTimeUnixNano": nanos(record.began),
        "endTimeUnixNano": nanos(record.ended),
        "attributes": attributes,
        // Unset, or error.
        "status": { "code": if record.failed { 2 } else { 0 } },
    });
    if let Some(parent) = &record.parent {
        span["parentSpanId"] = json!(parent.span_id());
    }
    span
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// As text: JSON's numbers are too small for them.
fn nanos(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}
