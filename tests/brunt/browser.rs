//! The report and the live page in a real browser. These tests are ignored unless asked for, as
//! they need chromium and chromedriver: `cargo test --test brunt browser -- --include-ignored`.
//! Pictures of the pages go to `target/tmp/browser`.

mod driver;
mod live;
mod report;

use std::path::PathBuf;

use serde_json::Value;

use crate::workplace::Workplace;

/// A second of it `back` cannot be reached, so the claim does not hold.
const SCENARIO: &str = "about: For a while front cannot reach back.\n\
                        load:\n  - {name: reads, open: {rate: 40/s}, for: 5s, get: front/back}\n\
                        faults:\n  - {at: 2s, for: 1s, cut: {from: front, to: back}}\n\
                        expect:\n  - availability: {of: reads, atLeast: 99%}\n";

/// Runs once; gives the folder and the report.
fn ran(here: &Workplace) -> (PathBuf, Value) {
    here.scenario(SCENARIO);
    here.brunt(&["run", "scenario.yaml"]).must(1, &["fail"]);
    let folder = here.run_folder();
    let text = std::fs::read_to_string(folder.join("report.json")).unwrap();
    (folder, serde_json::from_str(&text).unwrap())
}

/// Good replies, and all others, of a report's first load.
fn totals(report: &Value) -> (u64, u64) {
    let windows = report["timeline"]["loads"][0]["windows"].as_array().unwrap();
    let failed = |window: &Value| -> u64 {
        window["failed"].as_object().unwrap().values().filter_map(Value::as_u64).sum()
    };
    let ok = windows.iter().map(|window| window["ok"].as_u64().unwrap()).sum();
    (ok, windows.iter().map(failed).sum())
}
