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

/// A text of which each line is JSON.
fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
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
    let (messages, events): (Vec<_>, Vec<_>) =
        json_lines(&run.err).into_iter().partition(|line| line["target"] == "brunt::console");
    assert!(events.iter().any(|line| line["message"] == "the run is over"), "{run:#?}");
    assert_eq!(run_ids(&events).len(), 1, "{run:#?}");
    assert!(events.iter().all(|line| line["level"] != "DEBUG"), "{run:#?}");
    // The progress goes to the same stream, and a reader of lines of JSON must be able to read it.
    let progress = |line: &Value| line["message"].as_str().unwrap().contains("services ready");
    assert!(messages.iter().any(progress), "{run:#?}");
}

#[test]
fn errors_and_what_a_load_prints_are_json_lines_as_well_when_the_log_is() {
    let here = Workplace::new();
    let missing = here.brunt(&["run", "nowhere.yaml", "--log-format", "json"]);
    assert_eq!(missing.code, Some(2));
    let lines = json_lines(&missing.err);
    assert!(lines.iter().any(|line| line["level"] == "ERROR"), "{missing:#?}");
    let load = here.brunt(&["load", "--log-format=json", "-c1", "-r1", "http://127.0.0.1:1/"]);
    assert_eq!(load.code, Some(3));
    let all: String = json_lines(&load.err).iter().map(ToString::to_string).collect();
    assert!(all.contains("connect"), "{load:#?}");
}

/// The phases before and after each logged change of a replica, but for its processes' ends.
const TRANSITIONS: &[(&str, &str, &str)] = &[
    ("started", "absent", "starting"),
    ("ready", "starting", "ready"),
    ("not ready", "ready", "not ready"),
    ("begins to stop", "not ready", "terminating"),
    ("restarted by its liveness probe", "back-off", "starting"),
    ("frozen", "ready", "paused"),
    ("thawed", "paused", "ready"),
    // The one that its liveness probe ends gets its SIGTERM while it is frozen.
    ("thawed", "paused", "terminating"),
];

#[test]
fn each_logged_change_of_a_replica_has_the_phases_before_and_after_it() {
    let here = Workplace::new();
    here.scenario(
        "load:\n  - {name: reads, open: {rate: 50/s}, for: 6s, get: front/orders}\n\
         faults:\n  - {at: 500ms, for: 500ms, pause: {service: back}}\n  \
         - {at: 1500ms, for: 3s, pause: {service: front}}\n\
         expect:\n  - availability: {of: reads, atLeast: 1%}\n",
    );
    here.brunt(&["run", "scenario.yaml"]).must(0, &["pass"]);
    let log = json_lines(&std::fs::read_to_string(here.run_folder().join("log.jsonl")).unwrap());
    let mut seen = Vec::new();
    for change in log.iter().filter(|line| !line["fields"]["after"].is_null()) {
        let [before, after] = ["before", "after"].map(|key| change["fields"][key].clone());
        assert_ne!(before, after, "{change}");
        if let (Some(_), Some(before), Some(after)) =
            (change["fields"]["replica"].as_u64(), before.as_str(), after.as_str())
        {
            seen.push((change["message"].as_str().unwrap(), before.to_owned(), after.to_owned()));
        }
    }
    let (gone, others): (Vec<_>, Vec<_>) =
        seen.iter().partition(|(message, ..)| message.starts_with("gone ("));
    assert!(gone.iter().all(|(_, before, _)| before == "terminating"), "{gone:#?}");
    // Frozen for too long, `front` is started again in place; at the end both are stopped.
    let count = |after: &str| gone.iter().filter(|(.., found)| found == after).count();
    assert_eq!((count("back-off"), count("gone"), gone.len()), (1, 2, 3), "{gone:#?}");
    for (message, before, after) in &others {
        let known = (*message, before.as_str(), after.as_str());
        assert!(TRANSITIONS.contains(&known), "{known:?} in {seen:#?}");
    }
    for (message, before, after) in TRANSITIONS {
        let wanted = (*message, (*before).to_owned(), (*after).to_owned());
        assert!(others.contains(&&wanted), "no {wanted:?} in {seen:#?}");
    }
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
