//! The messages of a load worker, one line of JSON each in its log.

use brunt_loadgen::{GeneratorRecord, Snapshot};
use serde::{Deserialize, Serialize};

/// A message of a load worker. The log also has the lines that the worker echoes, which
/// are not JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkerMessage {
    /// The figures so far, once a second. The key is that of earlier versions, whose image may be
    /// in use on a cluster.
    #[serde(rename = "goes")]
    Progress(Snapshot),
    /// The record of one load, at the end.
    Part(Box<GeneratorRecord>),
    /// The last line.
    End {
        /// Number of records before it.
        parts: usize,
        /// When the load started, by the worker's clock.
        started: jiff::Timestamp,
    },
}

/// Why a log cannot be read as that of a worker that has ended.
#[derive(Debug, thiserror::Error)]
pub enum WorkerLogError {
    /// The cluster keeps a limited part of a log, and a node can lose it.
    #[error("its log was cut: of {written} records, {found} are there")]
    Cut {
        /// Number of records that the worker wrote.
        written: usize,
        /// Number of records that were read.
        found: usize,
    },
    /// The worker was killed, or its log's end is missing.
    #[error("its log was cut: it has no end")]
    NoEnd,
    /// A line after the first record is no message.
    #[error("its log is damaged: {0}")]
    Damaged(#[source] serde_json::Error),
}

/// The records in a log, if it is complete.
///
/// # Errors
/// [`WorkerLogError`] when a part of the log is missing.
pub fn records(log: &str) -> Result<Vec<GeneratorRecord>, WorkerLogError> {
    let mut found = Vec::new();
    for line in log.lines().filter(|line| line.starts_with('{')) {
        match serde_json::from_str(line) {
            // The figures so far were shown while the load ran; the records have all of them.
            Ok(WorkerMessage::Progress(_)) => {}
            Ok(WorkerMessage::Part(record)) => found.push(*record),
            Ok(WorkerMessage::End { parts, .. }) if parts == found.len() => return Ok(found),
            Ok(WorkerMessage::End { parts: written, .. }) => {
                return Err(WorkerLogError::Cut { written, found: found.len() });
            }
            // A log that grew too long begins with the rest of a line.
            Err(_) if found.is_empty() => {}
            Err(error) => return Err(WorkerLogError::Damaged(error)),
        }
    }
    Err(WorkerLogError::NoEnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str = r#"{"end":{"parts":1,"started":"2026-01-01T00:00:00Z"}}"#;

    /// The record of a load, as a worker prints it.
    fn record() -> String {
        let load = "version: 1\nload: [{name: reads, get: 'http://127.0.0.1:9/', closed: {users: \
            1}, for: 1s}]";
        let source = brunt_scenarios::Source::new("load.yaml", load);
        let plan =
            brunt_scenarios::plan::LoadPlan::check(&source.parse().unwrap(), &source).unwrap();
        let values = std::collections::BTreeMap::new();
        let portion = brunt_loadgen::Portion::WHOLE;
        let transport = brunt_loadgen::Transport::default();
        let url = |base: &str| Some(base.to_owned());
        let setting = brunt_loadgen::JobContext {
            url: &url,
            values: &values,
            transport: &transport,
            portion,
        };
        let job = brunt_loadgen::Job::from_plan(&plan.loads[0], &setting).unwrap();
        let running = brunt_loadgen::start(vec![job], std::time::Instant::now(), 1).unwrap();
        running.stop();
        serde_json::to_string(&WorkerMessage::Part(Box::new(running.parts().remove(0)))).unwrap()
    }

    #[test]
    fn a_complete_log_has_all_records() {
        let log =
            format!("hello\n{{\"goes\":{{\"at\":0.5,\"loads\":[]}}}}\ngo\n{}\n{END}\n", record());
        let found = records(&log).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name(), "reads");
    }

    #[test]
    fn a_log_that_was_cut_anywhere_is_an_error() {
        let part = record();
        let whole = format!("{part}\n{END}\n");
        // Without its end, and from somewhere on.
        for cut in [10, part.len() - 1, part.len(), part.len() + 5, whole.len() - 3] {
            assert!(records(&whole[..cut]).is_err(), "{cut}");
            assert!(records(&whole[cut.min(part.len())..]).is_err(), "{cut}");
        }
        assert!(
            records(&format!("{part}\n{{\"part\":\n{END}"))
                .unwrap_err()
                .to_string()
                .contains("damaged")
        );
    }
}
