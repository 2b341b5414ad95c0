//! OTLP metrics as JSON over HTTP: what a collector takes.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use brunt_scenarios::timeline::{Counts, Schedule};
use serde_json::{Value, json};

use crate::job::{Address, Transport};
use crate::recorder::LoadOutcome;
use crate::siege::{SiegeError, fetch};

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Sums since the start, as OTLP calls them.
const CUMULATIVE: u8 = 2;
/// The bounds of the histogram's buckets, in microseconds: two or three for each power of ten.
const BOUNDS: [u64; 19] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 75_000, 100_000, 250_000, 500_000, 750_000,
    1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000,
];

/// The URL that metrics are sent to: a collector's, with the path that the protocol gives it unless it has one.
pub(super) fn url(written: &str) -> Result<String, SiegeError> {
    let url = if written.contains("://") { written.to_owned() } else { format!("http://{written}") };
    let (_, path) = Address::split(&url)?;
    match path {
        "" | "/" => Ok(format!("{}/v1/metrics", url.trim_end_matches('/'))),
        _ => Ok(url),
    }
}

pub(super) fn send(url: &str, metrics: String) -> io::Result<()> {
    fetch::post(url, metrics, &Transport::default(), PATIENCE).map_err(io::Error::other)
}

/// Requests by outcome, latency, and whether the schedule was kept, of all loads.
pub(super) fn otlp(outcomes: &[LoadOutcome], began: SystemTime) -> String {
    let points = |of: &dyn Fn(&LoadOutcome) -> Vec<Value>| -> Vec<Value> {
        let timed = outcomes.iter().flat_map(|outcome| {
            let ended = nanos(began + outcome.elapsed);
            of(outcome).into_iter().map(move |mut point| {
                point["startTimeUnixNano"] = nanos(began).into();
                point["timeUnixNano"] = ended.clone().into();
                point
            })
        });
        timed.collect()
    };
    let metrics = json!([
        {
            "name": "brunt.load.requests", "unit": "{request}", "description": "Requests by outcome: ok, or why they failed.",
            "sum": { "aggregationTemporality": CUMULATIVE, "isMonotonic": true, "dataPoints": points(&requests) },
        },
        {
            "name": "brunt.load.latency", "unit": "s",
            "description": "Time from the intended start of requests to the end of their replies.",
            "histogram": { "aggregationTemporality": CUMULATIVE, "dataPoints": points(&|outcome| vec![latency(outcome)]) },
        },
        {
            "name": "brunt.load.schedule_kept", "unit": "1",
            "description": "1 when the generator kept its schedule, 0 when the figures are invalid.",
            "gauge": { "dataPoints": points(&|outcome| vec![kept(outcome)]) },
        },
    ]);
    let version = env!("CARGO_PKG_VERSION");
    let all = json!({ "resourceMetrics": [{
        "resource": { "attributes": [attribute("service.name", "brunt"), attribute("service.version", version)] },
        "scopeMetrics": [{ "scope": { "name": "brunt.load", "version": version }, "metrics": metrics }],
    }]});
    format!("{all}\n")
}

fn requests(outcome: &LoadOutcome) -> Vec<Value> {
    let failed = outcome.totals.failed.iter().map(|(kind, count)| (kind.to_string(), *count));
    let all = std::iter::once(("ok".to_owned(), outcome.totals.ok)).chain(failed);
    let point = |(kind, count): (String, u64)| {
        json!({
            "attributes": [attribute("load", &outcome.record.name), attribute("outcome", &kind)],
            "asInt": count.to_string(),
        })
    };
    all.map(point).collect()
}

fn latency(outcome: &LoadOutcome) -> Value {
    let all = Counts::merge(outcome.record.windows.iter().map(|window| &window.latency));
    let counts = Counts::of(&all);
    let mut buckets = [0_u64; BOUNDS.len() + 1];
    let mut sum = 0.0;
    for (value, count) in &counts.0 {
        buckets[BOUNDS.partition_point(|bound| bound < value)] += count;
        // Counts hold the highest value of a bucket; the middle is right on average.
        sum += all.median_equivalent(*value) as f64 * *count as f64 / 1e6;
    }
    let mut point = json!({
        "attributes": [attribute("load", &outcome.record.name)],
        "count": counts.len().to_string(),
        "sum": sum,
        "bucketCounts": buckets.map(|count| count.to_string()),
        "explicitBounds": BOUNDS.map(|bound| bound as f64 / 1e6),
    });
    if let (Some((least, _)), Some((most, _))) = (counts.0.first(), counts.0.last()) {
        point["min"] = (*least as f64 / 1e6).into();
        point["max"] = (*most as f64 / 1e6).into();
    }
    point
}

fn kept(outcome: &LoadOutcome) -> Value {
    let kept = u8::from(outcome.record.schedule == Schedule::Kept);
    json!({ "attributes": [attribute("load", &outcome.record.name)], "asInt": kept.to_string() })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// As text: JSON's numbers are too small for them.
fn nanos(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string()
}
