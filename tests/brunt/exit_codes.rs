//! What ends a run, and the code that a CI gate sees.

use crate::workplace::{Workplace, wait_until};

const LOAD: &str = "load:\n  - {name: reads, open: {rate: 50/s}, for: 2s, get: front/orders}\n";

#[test]
fn a_run_whose_expectations_hold_exits_0_with_every_report() {
    let here = Workplace::new();
    here.scenario(&format!("{LOAD}expect:\n  - availability: {{of: reads, atLeast: 100%}}\n"));
    here.brunt(&["run", "scenario.yaml"]).must(0, &["pass", "report.html"]);
    let run = here.run_folder();
    for name in ["report.html", "report.json", "report.md", "junit.xml", "scenario.yaml"] {
        let text = std::fs::read_to_string(run.join(name)).unwrap();
        assert!(text.contains("a test"), "{name}: {text}");
    }
    let windows = std::fs::read_to_string(run.join("report.csv")).unwrap();
    assert!(windows.starts_with("load,start_s,") && windows.contains("\nreads,0,"), "{windows}");
    let report = std::fs::read_to_string(run.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["verdict"]["outcome"], "pass");
    assert_eq!(
        report["timeline"]["loads"][0]["windows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|w| w["ok"].as_u64().unwrap())
            .sum::<u64>(),
        100
    );
}

#[test]
fn a_failed_expectation_exits_1() {
    let here = Workplace::new();
    let load = LOAD.replace("front/orders", "front/broken");
    here.scenario(&format!("{load}expect:\n  - availability: {{of: reads, atLeast: 99%}}\n"));
    here.brunt(&["run", "scenario.yaml"]).must(1, &["fail", "status 500"]);
}

#[test]
fn a_github_workflow_gets_a_summary_and_annotations() {
    let here = Workplace::new();
    let load = LOAD.replace("front/orders", "front/broken");
    here.scenario(&format!("{load}expect:\n  - availability: {{of: reads, atLeast: 99%}}\n"));
    let mut command = here.command(&["run", "scenario.yaml", "--retries", "9"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", here.path("summary.md"));
    let output = command.output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(
        out.contains(
            "::error file=scenario.yaml,title=a test%3A reads%3A availability ≥ 99%25::0%25."
        ),
        "{out}"
    );
    let (report, annotations) = out.split_once("\n::").unwrap();
    assert!(report.contains("1 fail") && annotations.starts_with("error "), "{out}");
    let summary = std::fs::read_to_string(here.path("summary.md")).unwrap();
    assert!(summary.contains("a test: failed"), "{summary}");
}

#[test]
fn too_few_samples_exit_3() {
    let here = Workplace::new();
    here.scenario(&format!("{LOAD}expect:\n  - availability: {{of: reads, atLeast: 99.9%}}\n"));
    here.brunt(&["run", "scenario.yaml"]).must(3, &["inconclusive", "2,995"]);
}

#[test]
fn a_stop_condition_exits_4() {
    let here = Workplace::new();
    let load = LOAD.replace("front/orders", "front/broken").replace("for: 2s", "for: 60s");
    here.scenario(&format!(
        "{load}abortWhen: {{errorRate: 50%, for: 1s}}\nexpect:\n  - availability: {{of: reads, \
         atLeast: 99%}}\n"
    ));
    here.brunt(&["run", "scenario.yaml"]).must(4, &["50% of the requests failed"]);
}

#[test]
fn an_interrupted_run_exits_4_with_a_report() {
    let here = Workplace::new();
    let load = LOAD.replace("for: 2s", "for: 60s");
    here.scenario(&format!("{load}expect:\n  - availability: {{of: reads, atLeast: 99%}}\n"));
    let mut child = here.start(&["run", "scenario.yaml"]);
    wait_until("the load runs", || here.printed().contains("load for 60s"));
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&child),
        rustix::process::Signal::INT,
    )
    .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{}", here.printed());
    assert!(here.run_folder().join("report.html").exists());
}

#[test]
fn an_unexpected_reply_to_setup_exits_3() {
    let here = Workplace::new();
    here.scenario(&format!(
        "setup:\n  - {{get: front/broken}}\n{LOAD}expect:\n  - availability: {{of: reads, atLeast: \
         50%}}\n"
    ));
    here.brunt(&["run", "scenario.yaml"]).must(3, &["not set up", "answered 500"]);
}

#[test]
fn a_step_gives_an_endless_reply_up_when_its_time_is_over() {
    let here = Workplace::new();
    here.scenario("setup:\n  - {get: front/no-end, within: 300ms}\nsteps:\n  - {get: front/}\n");
    // Without the limit of the step, the request's own of ten seconds ends it, in other words.
    here.brunt(&["run", "scenario.yaml"]).must(3, &["no answer: none came within 300ms"]);
}

#[test]
fn a_system_that_does_not_start_is_inconclusive_and_shows_its_log_first() {
    let here = Workplace::new();
    let system = "version: 1\nname: shop\nservices:\n  front: {command: [sh, -c, 'echo the store \
                  is locked; exit 7']}\n";
    here.write("shop.yaml", system);
    here.scenario(&format!("{LOAD}expect:\n  - availability: {{of: reads, atLeast: 50%}}\n"));
    here.brunt(&["run", "scenario.yaml"]).must(
        3,
        &["did not start", "the store is locked", "front ended before it was ready (exit 7"],
    );
    let up = here.brunt(&["up", "shop.yaml"]);
    up.must(2, &["brunt: the log of front ends with:\n  the store is locked\n"]);
}

#[test]
fn a_change_that_cannot_be_restored_exits_5() {
    let here = Workplace::new();
    // The second changes what the first has set, so the first leaves it as it is; and the second
    // restores what it found.
    let faults = "faults:\n  - {at: 300ms, for: 500ms, scale: {service: back, replicas: 2}}\n  \
                  - {at: 500ms, for: 1s, scale: {service: back, replicas: 3}}\n";
    here.scenario(&format!(
        "{LOAD}{faults}expect:\n  - availability: {{of: reads, atLeast: 50%}}\n"
    ));
    here.brunt(&["run", "scenario.yaml"])
        .must(5, &["left behind", "from 2 to 3 replicas by somebody else"]);
}
