//! What brunt reads: files and folders, and nothing that it should not.

use crate::workplace::{Workplace, wait_until};

const REST: &str = "\
load:
  - {name: reads, open: {rate: 50/s}, for: 1s, get: front/orders}
expect:
  - availability: {of: reads, atLeast: 50%}
";

const LOAD_FILE: &str = "\
version: 1
base: http://127.0.0.1:9
load:
  - {name: many, closed: {users: 3}, for: 5s, get: /orders}
";

const SLO: &str = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: orders}\n";

#[test]
fn a_folder_that_holds_its_system_file_is_run_and_all_of_it_validated() {
    let here = Workplace::new();
    here.scenario("steps:\n  - {name: there are orders, get: front/orders}\n");
    here.write("slo.yaml", SLO);
    here.write("compose.yaml", "services: {web: {image: nginx}}\n");
    here.write("stack.yml", "services: {web: {image: nginx}}\nvolumes: {data: {}}\n");
    here.write("load.yaml", LOAD_FILE);
    here.brunt(&["run", "."]).must(0, &["pass", "a test"]);
    here.brunt(&["validate", "."]).must(
        0,
        &[
            "scenario.yaml: ok",
            "shop.yaml: ok",
            "system shop: back, front",
            "load.yaml: ok",
            "load many: 3 users for 5s",
        ],
    );
    here.write("load.yaml", &LOAD_FILE.replace("closed", "closd"));
    here.write("shop.yaml", &crate::program::system("    port: many\n"));
    here.brunt(&["validate", "."]).must(2, &["unknown key `closd`", "`many`"]);
}

#[test]
fn what_cannot_be_told_to_be_brunt_s_in_a_folder_is_passed_over_with_a_warning() {
    let here = Workplace::new();
    here.scenario("steps:\n  - {name: there are orders, get: front/orders}\n");
    here.write("chart.yaml", "{{ if .Values.on }}\nkind: [\n");
    here.write("values.yml", "replicas: 3\n");
    let passed_over = ["warning: ./chart.yaml is not a file of brunt, and is passed over"];
    here.brunt(&["validate", "."]).must(0, &passed_over);
    here.brunt(&["validate", "."]).must(0, &["./values.yml is not", "scenario.yaml: ok"]);
    here.brunt(&["validate", "chart.yaml"]).must(2, &["chart.yaml"]);
    here.write("chart.yaml", "version: 1\nkind: [\n");
    here.brunt(&["validate", "."]).must(2, &["chart.yaml:"]);
}

#[test]
fn a_file_of_another_kind_says_what_it_is_for() {
    let here = Workplace::new();
    here.write("load.yaml", LOAD_FILE);
    here.brunt(&["run", "shop.yaml"]).must(2, &["is a system file", "brunt up shop.yaml"]);
    here.brunt(&["run", "load.yaml"]).must(2, &["is a load file", "brunt load load.yaml"]);
    here.write("empty/slo.yaml", SLO);
    here.brunt(&["run", "empty"]).must(2, &["there is no scenario in empty"]);
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_missing_as_a_file() {
    let here = Workplace::new();
    here.scenario(REST);
    here.brunt(&["run", "nosuch.yaml"]).must(2, &["there is no file nosuch.yaml"]);
    here.brunt(&["run", "scenaro.yaml"]).must(2, &["did you mean scenario.yaml?"]);
    here.brunt(&["validate", "nosuch"]).must(2, &["there is no scenario nosuch", "brunt list"]);
}

#[test]
fn only_regular_files_of_the_folder_or_the_command_line_are_read() {
    let here = Workplace::new();
    here.write("secret/system.yaml", &crate::program::system("    env: {PASSWORD: hunter2}\n"));
    here.write(
        "in/scenario.yaml",
        &format!("version: 1\nname: a\nsystem: ../secret/system.yaml\n{REST}"),
    );
    let refused = here.brunt(&["validate", "in/scenario.yaml"]);
    refused.must(2, &["in/scenario.yaml:3:9", "outside of the scenario's folder"]);
    assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    std::os::unix::fs::symlink(here.path("secret/system.yaml"), here.path("in/link.yaml")).unwrap();
    here.write("in/scenario.yaml", &format!("version: 1\nname: a\nsystem: link.yaml\n{REST}"));
    here.brunt(&["validate", "in/scenario.yaml"]).must(2, &["outside of the scenario's folder"]);
    let both = ["validate", "in/scenario.yaml", "secret/system.yaml"];
    here.brunt(&both).must(2, &["is here twice", "env"]);
    here.write("secret/system.yaml", &crate::program::system(""));
    here.brunt(&both).must(0, &["in/scenario.yaml: ok", "secret/system.yaml: ok"]);
    here.write(
        "scenario.yaml",
        &format!("version: 1\nname: a\nsystem: /proc/self/environ\n{REST}"),
    );
    let mut command = here.command(&["validate", "scenario.yaml"]);
    let ended = crate::workplace::Ended::of(&command.env("CI_TOKEN", "hunter2").output().unwrap());
    ended.must(2, &["outside of the scenario's folder"]);
    let mut command = here.command(&["validate", "/proc/self/environ"]);
    let ended = crate::workplace::Ended::of(&command.env("CI_TOKEN", "hunter2").output().unwrap());
    ended.must(2, &["/proc/self/environ"]);
    assert!(!format!("{ended:?}").contains("hunter2"), "{ended:?}");
    here.brunt(&["validate", "/dev/zero"]).must(2, &["not a regular file"]);
}

#[test]
fn a_scenario_that_needs_kubernetes_says_so() {
    let here = Workplace::new();
    here.scenario(&format!("faults:\n  - {{at: 100ms, for: 500ms, drain: {{of: front}}}}\n{REST}"));
    here.brunt(&["validate", "scenario.yaml"])
        .must(0, &["needs Kubernetes", "drain", "--on kubernetes"]);
}

#[test]
fn a_step_sees_a_redirect_and_follows_it_when_asked() {
    let here = Workplace::new();
    here.scenario(
        "\
steps:
  - {name: it has moved, get: front/moved, expect: {status: 302, headers: {location: /ready}}}
  - {name: it is followed, get: front/moved, follow: true, expect: {json: {$.name: front}}}
",
    );
    here.brunt(&["run", "scenario.yaml"]).must(0, &["pass"]);
}

fn ledger(path: &str) -> String {
    format!(
        "\
load:
  - {{name: orders, open: {{rate: 20/s}}, for: 500ms, post: front/orders, expect: 201, key: $.id}}
expect:
  - ledger:
      of: orders
      effects: {{get: front/{path}, items: '$.orders[*]', key: $}}
      within: 1s
"
    )
}

#[test]
fn a_ledger_over_pages_in_a_circle_ends_with_the_reason() {
    let here = Workplace::new();
    here.scenario(&ledger("circle"));
    here.brunt(&["run", "scenario.yaml"]).must(3, &["go in a circle"]);
}

#[test]
fn a_run_that_reads_pages_without_an_end_keeps_its_longest_time() {
    let here = Workplace::new();
    let long = ledger("endless").replace("within: 1s", "within: 1h");
    here.scenario(&format!("limits: {{maxDuration: 2s}}\n{long}"));
    here.brunt(&["run", "scenario.yaml"]).must(4, &["longer than 2s"]);
}

#[test]
fn a_signal_ends_a_run_that_reads_pages_without_an_end() {
    let here = Workplace::new();
    here.scenario(&ledger("endless").replace("within: 1s", "within: 1h"));
    let mut child = here.start(&["run", "scenario.yaml", "--retries", "0"]);
    wait_until("the run has begun", || here.path(".brunt/runs").exists());
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    wait_until("the run has ended", || child.try_wait().unwrap().is_some());
}
