//! A user's own system, with programs that are not ours, works as the built-in ones do.

use crate::workplace::Workplace;

const SCENARIO: &str = "\
setup:
  - {post: front/orders, json: {qty: 1}, expect: 201, save: {first: $.id}}
load:
  - {name: orders, open: {rate: 50/s}, for: 4s, post: front/orders, json: {qty: 1}, expect: 201, key: $.id}
  - {name: through, closed: {users: 1, think: 10ms}, for: 4s, get: front/back}
faults:
  - {at: 1s, for: 1s, latency: {from: front, to: back, delay: 200ms}}
  - {at: 2500ms, kill: {service: back}}
steps:
  - {name: the first is there, get: front/orders, expect: {json: {'$.orders[0]': '${first}'}}}
expect:
  - availability: {of: orders, atLeast: 100%}
  - latency: {of: through, p90: 150ms, during: before}
  - recovers: {service: back}
  - ledger:
      of: orders
      effects: {get: front/orders, items: '$.orders[1:]', key: $}
      within: 5s
proof:
  - {without: {memory: front}, fails: [ledger.lost]}
";

#[test]
fn a_user_s_own_system_is_run_broken_and_judged() {
    let here = Workplace::new();
    here.scenario(SCENARIO);
    here.brunt(&["run", "scenario.yaml", "--keep"]).must(0, &["pass", "0 lost"]);
    let report = std::fs::read_to_string(here.run_folder().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let faults = report["timeline"]["faults"].as_array().unwrap();
    assert!(faults.iter().all(|fault| fault["effect"].as_u64() > Some(0)), "{faults:#?}");
}

#[test]
fn guards_of_a_user_s_own_system_are_proven() {
    let here = Workplace::new();
    here.scenario(SCENARIO);
    here.brunt(&["prove", "scenario.yaml"])
        .must(0, &["memory of front", "fails ledger.lost", "1 of 1 proven"]);
}

#[test]
fn calibrate_counts_how_often_verdicts_are_wrong() {
    let here = Workplace::new();
    here.scenario(SCENARIO);
    let two = ["calibrate", "scenario.yaml", "--runs", "1", "--jobs", "2", "--out", "runs"];
    here.brunt(&two).must(0, &["memory of front", "100% found", "False alarms: 0 of 1 clean run"]);
    here.brunt(&two).must(0, &["False alarms: 0 of 2 clean runs"]);
    here.write("runs/calibration.json", "{");
    here.brunt(&two).must(2, &["remove it to start again from zero"]);
}

#[test]
fn a_guard_that_guards_nothing_is_not_proven() {
    let here = Workplace::new();
    let system = crate::program::system("").replace("FORGET", "NOTHING");
    here.write("shop.yaml", &system);
    here.scenario(SCENARIO);
    here.brunt(&["prove", "scenario.yaml"]).must(1, &["memory of front", "0 of 1 proven"]);
}

#[test]
fn a_scenario_without_a_proof_is_unproven() {
    let here = Workplace::new();
    here.scenario(SCENARIO.split("proof:").next().unwrap());
    let said = ["? unproven", "0 of 0 proven, 1 unproven", "--allow-unproven"];
    here.brunt(&["prove", "scenario.yaml"]).must(3, &said);
    here.brunt(&["prove", "scenario.yaml", "--allow-unproven"]).must(0, &said);
}

#[test]
fn a_scenario_that_fails_as_it_is_names_its_claim() {
    let here = Workplace::new();
    here.scenario(&SCENARIO.replace("p90: 150ms", "p50: 1us"));
    let why = "latency.p50 does not hold as it is: through: latency p50 ≤ 1us";
    here.brunt(&["prove", "scenario.yaml"]).must(1, &[why, "0 of 1 proven"]);
}

#[test]
fn a_service_without_a_command_is_for_a_cluster_and_here_that_is_said() {
    let here = Workplace::new();
    here.write("on-cluster.yaml", "version: 1\nname: shop\nservices: {web: {}}\n");
    here.write(
        "scenario.yaml",
        "version: 1\nname: x\nsystem: on-cluster.yaml\n\
         load: [{name: a, open: {rate: 1/s}, for: 1s, get: web/}]\n\
         faults: [{at: 0s, kill: {service: web}}]\n\
         expect: [{availability: {of: a, atLeast: 1%}}]\n",
    );
    let needs = "the service `web` without a `command` needs a cluster: add --on kubernetes";
    here.brunt(&["run", "scenario.yaml"]).must(2, &[needs]);
    here.brunt(&["run", "scenario.yaml", "--helper-config", "helpers.yaml"])
        .must(2, &["--helper-config needs --on kubernetes"]);
    here.write("helpers.yaml", "tolerations: [{keys: dedicated}]\n");
    let on = ["--on", "kubernetes", "--helper-config", "helpers.yaml"];
    here.brunt(&[&["run", "scenario.yaml"], &on[..]].concat())
        .must(2, &["helpers.yaml:1:16: unknown key `keys`", "did you mean `key`?"]);
    here.brunt(&["up", "on-cluster.yaml"]).must(2, &["service web has no `command`"]);
    here.brunt(&["validate", "scenario.yaml", "on-cluster.yaml"])
        .must(0, &["needs Kubernetes, as `web` has no `command`"]);
}

/// Clients choose the ids, and the service shows a map.
const CHOSEN_IDS: &str = "\
load:
  - name: things
    open: {rate: 50/s}
    for: 2s
    put: front/things/${uuid}
    expect: 204
    key: {request: {path: '/things/(.+)'}}
expect:
  - ledger:
      of: things
      effects: {get: front/things, entries: $.things, json: {$.value: 1}}
      within: 5s
proof:
  - {without: {memory: front}, fails: [ledger.lost]}
";

#[test]
fn ids_that_clients_choose_are_found_again_as_the_keys_of_a_map() {
    let here = Workplace::new();
    here.scenario(CHOSEN_IDS);
    here.brunt(&["prove", "scenario.yaml"]).must(0, &["fails ledger.lost", "1 of 1 proven"]);
}
