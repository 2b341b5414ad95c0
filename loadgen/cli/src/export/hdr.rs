//! HdrHistogram's interval log, version 2 histograms, compressed.

use std::time::{Duration, SystemTime};

use brunt_scenarios::timeline::{LoadRecord, SparseHistogram};
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use crate::error::ExportError;

const COMMENTS: [&str; 3] = [
    "[Histogram log format version 1.3]",
    "Latency from the intended start; an interval holds the requests that were meant to start in \
     it.",
    "Starts and lengths of intervals are in seconds, the maximum and the values of histograms in \
     microseconds.",
];

/// An interval for each window, empty ones as well. Starts count from the load's start, which
/// the header has.
pub(crate) fn hdr<'r>(
    records: impl Iterator<Item = &'r LoadRecord>,
    began: SystemTime,
) -> Result<String, ExportError> {
    let (mut log, mut serializer) = (Vec::new(), V2DeflateSerializer::new());
    let mut builder = IntervalLogWriterBuilder::new();
    for comment in COMMENTS {
        builder.add_comment(comment);
    }
    // With both times no reader has to guess what the starts of intervals count from.
    builder.with_start_time(began).with_base_time(began);
    let mut writer = builder.begin_log_with(&mut log, &mut serializer)?;
    for record in records {
        let (name, length) = (tag(&record.name), Duration::from_secs_f64(record.window));
        for window in &record.windows {
            let (start, latency) =
                (Duration::from_secs_f64(window.start), SparseHistogram::merge([&window.latency]));
            writer
                .write_histogram(&latency, start, length, Tag::new(&name))
                .map_err(|error| ExportError::Histogram(Box::new(error)))?;
        }
    }
    Ok(String::from_utf8_lossy(&log).into_owned())
}

/// A name without what a tag may not contain.
fn tag(name: &str) -> String {
    name.replace([',', ' ', '\r', '\n'], "_")
}
