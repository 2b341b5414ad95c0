//! What is done with the reports of earlier runs: rendered again, and held against one another.

use std::path::Path;

use serde_json::{Value, json};

use crate::workplace::Workplace;

const SCENARIO: &str = "load:\n  - {name: reads, open: {rate: 50/s}, for: 2s, get: front/orders}\n\
                        expect:\n  - availability: {of: reads, atLeast: 100%}\n";

/// Runs once; gives the report.
fn measured(here: &Workplace) -> Value {
    here.scenario(SCENARIO);
    here.brunt(&["run", "scenario.yaml"]).must(0, &["pass"]);
    read(&here.run_folder().join("report.json"))
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same report with its first window twenty times, each with so many failures.
fn longer(report: &Value, failures: u64) -> String {
    let mut report = report.clone();
    let windows = &mut report["timeline"]["loads"][0]["windows"];
    let mut window = windows[0].clone();
    window["failed"] = json!({"status 500": failures});
    *windows = (0..20).map(|_| window.clone()).collect();
    report.to_string()
}

#[test]
fn a_worse_version_fails_the_comparison() {
    let here = Workplace::new();
    let report = measured(&here);
    for (name, failures) in [("base.json", 0), ("same.json", 0), ("worse.json", 20)] {
        here.write(name, &longer(&report, failures));
    }
    let tolerant = ["--allow-latency", "50%", "--allow-failures", "2%"];
    let compare =
        |new: &str| here.brunt(&[&["compare", "base.json", new], tolerant.as_slice()].concat());
    compare("same.json").must(0, &["not worse a test: 1 run before, 1 run now"]);
    compare("worse.json").must(1, &["✗ worse     reads: failures"]);
    compare(here.run_folder().to_str().unwrap()).must(3, &["? not known"]);
    compare("scenario.yaml").must(2, &["scenario.yaml cannot be read as a report"]);
    here.write("empty/readme", "");
    compare("empty").must(2, &["empty holds no run"]);
    let json = here.command(&["compare", "base.json", "worse.json", "--json"]).output().unwrap();
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["differences"][0]["judgement"], "fail");
}

#[test]
fn a_run_is_compared_with_its_baseline() {
    let here = Workplace::new();
    let mut report = measured(&here);
    // So slow that no run is slower, however busy the machine is; and a hundred requests say too
    // little of failures.
    report["timeline"]["loads"][0]["windows"][0]["latency"] = json!([[9_000_000, 10]]);
    here.write("base.json", &longer(&report, 0));
    here.brunt(&["run", "scenario.yaml", "--baseline", "base.json"])
        .must(3, &["1 run before, 1 run now"]);
    here.write("scenario.yaml", &format!("version: 1\nname: other\nsystem: shop.yaml\n{SCENARIO}"));
    let refused = here.brunt(&["run", "scenario.yaml", "--baseline", "base.json"]);
    refused.must(2, &["the baseline has no run of “other”"]);
}

#[test]
fn reports_are_rendered_again_with_an_index() {
    let here = Workplace::new();
    measured(&here);
    let folder = here.run_folder();
    let page = std::fs::read_to_string(folder.join("report.html")).unwrap();
    for name in ["report.html", "report.md", "junit.xml"] {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    here.brunt(&["report"]).must(0, &["report.html", "index.html"]);
    assert_eq!(std::fs::read_to_string(folder.join("report.html")).unwrap(), page);
    let index = std::fs::read_to_string(folder.parent().unwrap().join("index.html")).unwrap();
    let link = format!("href=\"{}/report.html\"", folder.file_name().unwrap().to_str().unwrap());
    assert!(index.contains(&link), "{index}");
}

/// A disk that was full, a process that was killed: what is left of a report is an error that names
/// the file, never a verdict.
#[test]
fn a_damaged_report_is_an_error_that_names_its_file() {
    let here = Workplace::new();
    let whole = measured(&here).to_string();
    here.write("base.json", &whole);
    let cuts = [0, 1, whole.len() / 2, whole.len() - 1].map(|end| whole[..end].to_owned());
    let others = [
        whole.replacen("\"timeline\"", "\"timelin\"", 1),
        whole.replacen("\"format\":1", "\"format\":9", 1),
    ];
    for damaged in cuts.into_iter().chain(others) {
        here.write("damaged.json", &damaged);
        for arguments in
            [["compare", "base.json", "damaged.json"], ["compare", "damaged.json", "base.json"]]
        {
            here.brunt(&arguments).must(2, &["damaged.json"]);
        }
        here.brunt(&["report", "damaged.json"]).must(2, &["damaged.json"]);
        here.brunt(&["run", "scenario.yaml", "--baseline", "damaged.json"])
            .must(2, &["damaged.json"]);
    }
    here.write("counts/calibration.json", "{\"rows\": [{\"scenario\"");
    let refused = here.brunt(&["calibrate", "scenario.yaml", "--runs", "1", "--out", "counts"]);
    refused.must(2, &["calibration.json", "remove it to start again from zero"]);
}
