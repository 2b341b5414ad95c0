//! The lines that a load worker says.

use brunt_loadgen::{GeneratorRecord, Snapshot};
use serde::{Deserialize, Serialize};

/// One line of a load worker's log. What it echoes is none of these, and no JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorkerMessage {
    /// The figures so far, once a second. The key is that of earlier workers, whose image may be in
    /// use on a cluster.
    #[serde(rename = "goes")]
    Progress(Snapshot),
    /// What it recorded of one load.
    Part(Box<GeneratorRecord>),
    /// There is nothing to come.
    End {
        /// How many parts there were.
        parts: usize,
        /// When it started, by its own clock.
        started: jiff::Timestamp,
    },
}

/// The parts in a log, if it is whole.
///
/// # Errors
/// In words, what is missing.
pub fn parts(log: &str) -> Result<Vec<GeneratorRecord>, String> {
    let mut found = Vec::new();
    for line in log.lines().filter(|line| line.starts_with('{')) {
        match serde_json::from_str(line) {
            // Of this, only the last says anything, and that was seen.
            Ok(WorkerMessage::Progress(_)) => {}
            Ok(WorkerMessage::Part(part)) => found.push(*part),
            Ok(WorkerMessage::End { parts, .. }) if parts == found.len() => return Ok(found),
            Ok(WorkerMessage::End { parts, .. }) => {
                return Err(format!(
                    "its log was cut: of {parts} records, {} are there",
                    found.len()
                ));
            }
            // The first line may be what is left of one, when the log grew too long.
            Err(_) if found.is_empty() => {}
            Err(error) => return Err(format!("its log is damaged: {error}")),
        }
    }
    Err("its log was cut: it has no end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: &str = r#"{"end":{"parts":1,"started":"2026-01-01T00:00:00Z"}}"#;

    /// As a worker leaves it.
    fn part() -> String {
        let load = "version: 1\nload: [{name: reads, get: 'http://127.0.0.1:9/', closed: {users: 1}, for: 1s}]";
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
    fn a_whole_log_has_all_its_parts() {
        let log =
            format!("hello\n{{\"goes\":{{\"at\":0.5,\"loads\":[]}}}}\ngo\n{}\n{END}\n", part());
        let found = parts(&log).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name(), "reads");
    }

    #[test]
    fn a_log_that_was_cut_anywhere_is_known_to_be() {
        let part = part();
        let whole = format!("{part}\n{END}\n");
        // Without its end, and from somewhere on.
        for cut in [10, part.len() - 1, part.len(), part.len() + 5, whole.len() - 3] {
            assert!(parts(&whole[..cut]).is_err(), "{cut}");
            assert!(parts(&whole[cut.min(part.len())..]).is_err(), "{cut}");
        }
        assert!(parts(&format!("{part}\n{{\"part\":\n{END}")).unwrap_err().contains("damaged"));
    }
}
