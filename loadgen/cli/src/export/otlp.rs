//! OTLP metrics as JSON over HTTP: what a collector takes.

mod collector;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use brunt_loadgen::{LoadOutcome, Totals};
use brunt_scenarios::timeline::{Schedule, SparseHistogram};
use serde_json::{Value, json};

use super::latency::{latency, sum};

pub(super) use collector::OtlpCollector;

/// LoadTotals since the start, as OTLP calls them.
const CUMULATIVE: u8 = 2;
/// The bounds of the histogram's buckets, in microseconds: two or three for each power of ten.
const BOUNDS: [u64; 19] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 250_000, 500_000,
    750_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
];

/// A load's figures, at its end or before it.
pub(crate) struct LoadMetrics<'a> {
    pub name: &'a str,
    /// Since the start.
    pub elapsed: Duration,
    pub totals: &'a Totals,
    pub latency: &'a SparseHistogram,
    /// Whether the generator kept its schedule; known at the end only.
    pub kept: Option<bool>,
    /// How many requests are under way, before the end.
    pub in_flight: Option<u64>,
}

/// What is measured of a load.
type MetricPoints<'a> = &'a dyn Fn(&LoadMetrics<'_>) -> Vec<Value>;

/// What came of all loads.
pub(crate) fn otlp(outcomes: &[LoadOutcome], began: SystemTime) -> String {
    let latencies: Vec<SparseHistogram> = outcomes.iter().map(latency).collect();
    let exported = outcomes.iter().zip(&latencies).map(|(outcome, latency)| LoadMetrics {
        name: &outcome.record.name,
        elapsed: outcome.elapsed,
        totals: &outcome.totals,
        latency,
        kept: Some(outcome.record.schedule == Schedule::Kept),
        in_flight: None,
    });
    metrics(&exported.collect::<Vec<_>>(), began)
}

/// Requests by outcome, latency, and what else is known of all loads.
pub(crate) fn metrics(loads: &[LoadMetrics<'_>], began: SystemTime) -> String {
    let points = |of: MetricPoints<'_>| -> Vec<Value> {
        let timed = loads.iter().flat_map(|load| {
            let ended = nanos(began + load.elapsed);
            of(load).into_iter().map(move |mut point| {
                point["startTimeUnixNano"] = nanos(began).into();
                point["timeUnixNano"] = ended.clone().into();
                point
            })
        });
        timed.collect()
    };
    let sums = [
        json!({
            "name": "brunt.load.requests", "unit": "{request}",
            "description": "Requests by outcome: ok, or why they failed.",
            "sum": {
                "aggregationTemporality": CUMULATIVE,
                "isMonotonic": true,
                "dataPoints": points(&requests),
            },
        }),
        json!({
            "name": "brunt.load.latency", "unit": "s",
            "description": "Time from the intended start of requests to the end of their replies.",
            "histogram": {
                "aggregationTemporality": CUMULATIVE,
                "dataPoints": points(&|load| vec![histogram(load)]),
            },
        }),
    ];
    let metrics: Vec<Value> = sums.into_iter().chain(gauges(&points)).collect();
    wrapped(&metrics)
}

/// What is known at one time only: at the end, or before it.
fn gauges(points: &dyn Fn(MetricPoints<'_>) -> Vec<Value>) -> Vec<Value> {
    let gauge =
        |name: &str, unit: &str, about: &str, value: fn(&LoadMetrics<'_>) -> Option<u64>| {
            let number = |load: &LoadMetrics<'_>| {
                let point = |value: u64| {
                    let name = attribute("load", load.name);
                    json!({ "attributes": [name], "asInt": value.to_string() })
                };
                value(load).map(point).into_iter().collect()
            };
            let points = points(&number);
            let gauge = json!({
                "name": name, "unit": unit, "description": about, "gauge": { "dataPoints": points },
            });
            (!points.is_empty()).then_some(gauge)
        };
    let kept = gauge(
        "brunt.load.schedule_kept",
        "1",
        "1 when the generator kept its schedule, 0 when the figures are invalid.",
        |load| load.kept.map(u64::from),
    );
    let in_flight = gauge(
        "brunt.load.in_flight",
        "{request}",
        "Requests that were sent and have not ended.",
        |load| load.in_flight,
    );
    kept.into_iter().chain(in_flight).collect()
}

fn wrapped(metrics: &[Value]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let all = json!({ "resourceMetrics": [{
        "resource": { "attributes": [
            attribute("service.name", "brunt"),
            attribute("service.version", version),
        ] },
        "scopeMetrics": [{
            "scope": { "name": "brunt.load", "version": version },
            "metrics": metrics,
        }],
    }]});
    format!("{all}\n")
}

fn requests(load: &LoadMetrics<'_>) -> Vec<Value> {
    let failed = load.totals.failed.iter().map(|(kind, count)| (kind.to_string(), *count));
    let all = std::iter::once(("ok".to_owned(), load.totals.ok)).chain(failed);
    let point = |(kind, count): (String, u64)| {
        json!({
            "attributes": [attribute("load", load.name), attribute("outcome", &kind)],
            "asInt": count.to_string(),
        })
    };
    all.map(point).collect()
}

fn histogram(load: &LoadMetrics<'_>) -> Value {
    let counts = load.latency;
    let mut buckets = [0_u64; BOUNDS.len() + 1];
    for (value, count) in counts.iter() {
        // A bound belongs to the bucket below it: OTLP's are inclusive at their upper end.
        buckets[BOUNDS.partition_point(|bound| *bound < value)] += count;
    }
    let mut point = json!({
        "attributes": [attribute("load", load.name)],
        "count": counts.len().to_string(),
        "sum": sum(counts),
        "bucketCounts": buckets.map(|count| count.to_string()),
        "explicitBounds": BOUNDS.map(|bound| bound as f64 / 1e6),
    });
    if let (Some((least, _)), Some(most)) = (counts.iter().next(), counts.longest()) {
        point["min"] = (least as f64 / 1e6).into();
        point["max"] = (most as f64 / 1e6).into();
    }
    point
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Nanoseconds since 1970, as text: a 64-bit integer of OTLP is a string in JSON, whose numbers are
/// exact up to 2^53 only.
fn nanos(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}
