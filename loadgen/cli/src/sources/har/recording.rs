//! A recording's JSON, of which nothing is kept but the requests: with replies, it is some times as
//! long.

use serde::Deserialize;
use serde_json::Value;

use crate::error::SourceProblem;

/// What a browser recorded.
#[derive(Deserialize)]
pub(super) struct Recording {
    #[serde(default)]
    log: RecordedLog,
}

#[derive(Default, Deserialize)]
struct RecordedLog {
    entries: Option<Vec<RecordedEntry>>,
}

/// A recorded request, and when it was made.
#[derive(Deserialize)]
pub(super) struct RecordedEntry {
    #[serde(default)]
    pub request: Value,
    #[serde(default, rename = "startedDateTime")]
    pub started: Value,
    #[serde(default)]
    pub time: Value,
}

impl Recording {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self, SourceProblem> {
        let read = serde_json::from_str(text.trim_start_matches('\u{feff}'));
        // JSON of another form is no recording, whatever stands where the log should be.
        read.map_err(|error: serde_json::Error| match error.is_data() {
            true => SourceProblem::NoEntries,
            false => SourceProblem::NotJson(error),
        })
    }

    /// Its entries; `None` without a list of them.
    pub fn entries(self) -> Option<Vec<RecordedEntry>> {
        self.log.entries
    }
}
