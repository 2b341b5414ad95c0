//! The log: on standard error as asked for, in each run's folder always, and never in the results.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::workplace::{Ended, Workplace};

const SCENARIO: &str = "load:\n  - {name: reads, open: {rate: 50/s}, for: 1s, get: front/orders}\n\
                        expect:\n  - availability: {of: reads, atLeast: 50%}\n";

fn with_scenario() -> Workplace {
    let here = Workplace::new();
    here.scenario(SCENARIO);
    here
}

/// The lines of JSON in a text; other lines are about the run's progress.
fn json_lines(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

fn run_ids(lines: &[Value]) -> Vec<&str> {
    let mut ids: Vec<&str> =
        lines.iter().map(|line| line["spans"][0]["id"].as_str().unwrap()).collect();
    ids.dedup();
    ids
}

#[test]
fn standard_output_is_the_same_with_a_log() {
    let here = with_scenario();
    for command in
        [["validate", "scenario.yaml"], ["schema", "scenario"], ["list", "--log-format=json"]]
    {
        let quiet = here.brunt(&command);
        let loud = here.brunt(&[&["-vv"], command.as_slice()].concat());
        assert_eq!((quiet.code, quiet.out), (loud.code, loud.out));
    }
    let run = here.brunt(&["run", "scenario.yaml", "-vv"]);
    run.must(0, &["pass", "the run is over"]);
    assert!(!run.out.contains("the run is over"), "{run:#?}");
    let plain = here.brunt(&["run", "scenario.yaml"]);
    assert!(!plain.err.contains("the run is over"), "{plain:#?}");
}

#[test]
fn json_lines_on_standard_error_carry_the_run_they_belong_to() {
    let here = with_scenario();
    let run = here.brunt(&["run", "scenario.yaml", "-v", "--log-format", "json"]);
    run.must(0, &["pass"]);
    let lines = json_lines(&run.err);
    assert!(lines.iter().any(|line| line["message"] == "the run is over"), "{run:#?}");
    assert_eq!(run_ids(&lines).len(), 1, "{run:#?}");
    assert!(lines.iter().all(|line| line["level"] != "DEBUG"), "{run:#?}");
}

#[test]
fn the_environment_decides_over_the_options() {
    let here = with_scenario();
    let silent = here.command(&["run", "scenario.yaml", "-vv"]).env("BRUNT_LOG", "off").output();
    let silent = String::from_utf8(silent.unwrap().stderr).unwrap();
    assert!(!silent.contains("the run"), "{silent}");
    let wrong = here.command(&["list"]).env("BRUNT_LOG", "brunt=loud").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("BRUNT_LOG: `brunt=loud` is not a filter"), "{said}");
}

#[test]
fn each_of_several_runs_at_once_has_a_log_of_its_own_beside_its_report() {
    let here = with_scenario();
    let text = std::fs::read_to_string(here.path("scenario.yaml")).unwrap();
    here.write("both/one.yaml", &text.replace("shop.yaml", "../shop.yaml"));
    here.write("both/two.yaml", &text.replace("shop.yaml", "../shop.yaml"));
    here.brunt(&["run", "both", "shop.yaml", "--jobs", "2"]);
    let mut ids = Vec::new();
    for folder in std::fs::read_dir(here.path(".brunt/runs")).unwrap() {
        let folder = folder.unwrap().path();
        assert!(folder.join("report.json").exists());
        let log = json_lines(&std::fs::read_to_string(folder.join("log.jsonl")).unwrap());
        assert_eq!(log.first().unwrap()["message"], "the run begins");
        assert_eq!(log.last().unwrap()["message"], "the run is over");
        assert_eq!(run_ids(&log).len(), 1, "{log:#?}");
        ids.push(run_ids(&log)[0].to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2);
}

#[test]
fn a_standard_error_that_is_closed_or_full_changes_no_verdict() {
    let here = with_scenario();
    let closed = Command::new("sh")
        .args(["-c", "exec \"$0\" run scenario.yaml -vv --retries 9 2>&-"])
        .arg(env!("CARGO_BIN_EXE_brunt"))
        .current_dir(here.path(""))
        .output()
        .unwrap();
    Ended::of(&closed).must(0, &["pass"]);
    // A reader that has gone, as after `2> >(head -1)`, and a disk that is full.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let full = File::options().write(true).open("/dev/full").unwrap();
    for standard_error in [Stdio::from(writer), Stdio::from(full)] {
        let mut command = here.command(&["run", "scenario.yaml", "-vv", "--retries", "9"]);
        let ended = command.stderr(standard_error).stdout(Stdio::piped()).spawn().unwrap();
        Ended::of(&ended.wait_with_output().unwrap()).must(0, &["pass"]);
    }
}

#[test]
fn a_load_keeps_its_own_options_beside_those_of_the_log() {
    let here = Workplace::new();
    let plain = here.brunt(&["load", "--version"]);
    let logged = here.brunt(&["load", "--version", "--log-format", "json"]);
    assert_eq!((plain.code, &plain.out), (Some(0), &logged.out));
    // Siege's `-v`, which wants a URL.
    here.brunt(&["load", "-v"]).must(2, &["error"]);
}
