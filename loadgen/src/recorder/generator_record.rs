//! The record of one of several generators, serialised on its way to where they are merged.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brunt_scenarios::timeline::{
    Failure, JourneyRecord, LoadRecord, SparseHistogram, Window, histogram,
};
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer as Reader, Serializer as _, V2DeflateSerializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::outcome::outcome;
use super::outcome::sum;

use super::outcome::GeneratorTrouble;
use super::phases::PhaseTimes;
use super::record::{Causes, WorkerRecord};
use super::totals::Totals;
use super::windows::WindowCounts;

/// What one of several generators recorded of a load. It can be written and read, and nothing that
/// a [`LoadRecord`] holds is lost on the way: histograms go as HdrHistogram's version 2,
/// compressed, in base64.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GeneratorRecord {
    name: String,
    /// The length of a window, in microseconds.
    window: u64,
    windows: Vec<GeneratorWindow>,
    service_time: EncodedHistogram,
    lag: EncodedHistogram,
    journeys: Vec<JourneyRecord>,
    accepted: Vec<(u64, String)>,
    unknown: u64,
    trouble: GeneratorTrouble,
}

/// A [`Window`] with its histogram encoded.
#[derive(Debug, Serialize, Deserialize)]
struct GeneratorWindow {
    ok: u64,
    failed: BTreeMap<Failure, u64>,
    latency: Option<EncodedHistogram>,
    #[serde(default)]
    from_sent: Option<EncodedHistogram>,
    #[serde(default)]
    sent: Option<u64>,
    #[serde(default)]
    stalled: BTreeMap<Failure, u64>,
}

impl GeneratorRecord {
    pub(crate) fn new(name: String, record: WorkerRecord, trouble: GeneratorTrouble) -> Self {
        let (windows, seconds) = record.windows.finish();
        Self {
            name,
            window: Duration::from_secs_f64(seconds).as_micros().try_into().unwrap_or(u64::MAX),
            windows: windows.into_iter().map(GeneratorWindow::from).collect(),
            service_time: EncodedHistogram(record.service),
            lag: EncodedHistogram(record.lag),
            journeys: record.journeys,
            accepted: record.accepted,
            unknown: record.unknown,
            trouble,
        }
    }

    /// The load's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Merges the generators' records into the one that a single generator would have left;
    /// `None` without any.
    pub fn merge(name: &str, parts: Vec<Self>) -> Option<LoadRecord> {
        let (records, troubles): (Vec<_>, Vec<_>) =
            parts.into_iter().map(Self::into_record).unzip();
        let trouble = troubles.into_iter().fold(GeneratorTrouble::default(), GeneratorTrouble::and);
        Some(outcome(name, sum(records)?, trouble).record)
    }

    fn into_record(self) -> (WorkerRecord, GeneratorTrouble) {
        let windows = self.windows.into_iter().map(Window::from).collect();
        let record = WorkerRecord {
            windows: WindowCounts::restore(windows, Duration::from_micros(self.window)),
            service: self.service_time.0,
            lag: self.lag.0,
            // Only the command line shows these, and it runs one generator.
            phases: PhaseTimes::new(),
            totals: Totals::default(),
            causes: Causes::new(),
            accepted: self.accepted,
            unknown: self.unknown,
            journeys: self.journeys,
        };
        (record, self.trouble)
    }
}

impl From<Window> for GeneratorWindow {
    fn from(window: Window) -> Self {
        let encoded = |times: &SparseHistogram| EncodedHistogram(SparseHistogram::merge([times]));
        Self {
            ok: window.ok,
            failed: window.failed,
            latency: (!window.latency.is_empty()).then(|| encoded(&window.latency)),
            from_sent: window.from_sent.as_ref().map(encoded),
            sent: window.sent,
            stalled: window.stalled,
        }
    }
}

impl From<GeneratorWindow> for Window {
    fn from(window: GeneratorWindow) -> Self {
        let sparse = |times: EncodedHistogram| SparseHistogram::of(&times.0);
        Self {
            start: 0.0,
            ok: window.ok,
            failed: window.failed,
            latency: window.latency.map(sparse).unwrap_or_default(),
            from_sent: window.from_sent.map(sparse),
            sent: window.sent,
            stalled: window.stalled,
        }
    }
}

/// A histogram in HdrHistogram's own encoding, which other tools read too.
#[derive(Debug)]
struct EncodedHistogram(Histogram<u64>);

impl Serialize for EncodedHistogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        V2DeflateSerializer::new().serialize(&self.0, &mut bytes).map_err(ser::Error::custom)?;
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for EncodedHistogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes =
            STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)?;
        let read: Histogram<u64> =
            Reader::new().deserialize(&mut Cursor::new(bytes)).map_err(de::Error::custom)?;
        // A histogram's bounds are the writer's. Ours are needed to add it to others.
        let mut own = histogram();
        own.add(read).map_err(de::Error::custom)?;
        Ok(Self(own))
    }
}

#[cfg(test)]
mod tests;
