//! Bad input of every kind: a clear message that says what to do, and exit code 2.

use std::net::TcpListener;

use crate::program;
use crate::workplace::Workplace;

const LOAD: &str = "load:\n  - {name: reads, open: {rate: 50/s}, for: 1s, get: front/orders}\n";
const HOLDS: &str = "expect:\n  - availability: {of: reads, atLeast: 50%}\n";

#[test]
fn a_misspelt_key_is_named_with_its_place_and_the_right_key() {
    let here = Workplace::new();
    here.scenario(&format!("{LOAD}expect:\n  - availability: {{of: reads, atLest: 50%}}\n"));
    here.brunt(&["run", "scenario.yaml"])
        .must(2, &["scenario.yaml:7:31: unknown key `atLest`", "did you mean `atLeast`?"]);
    here.brunt(&["validate", "scenario.yaml"]).must(2, &["unknown key `atLest`"]);
}

#[test]
fn an_unknown_service_is_named_with_the_nearest_one() {
    let here = Workplace::new();
    here.scenario(&format!("{}{HOLDS}", LOAD.replace("front", "frnt")));
    here.brunt(&["run", "scenario.yaml"])
        .must(2, &["there is no service `frnt`", "did you mean `front`?"]);
}

#[test]
fn a_load_without_an_end_is_refused() {
    let here = Workplace::new();
    here.scenario(&format!("{}{HOLDS}", LOAD.replace("for: 1s, ", "")));
    here.brunt(&["run", "scenario.yaml"]).must(2, &["load `reads` has no end", "for: 30s"]);
}

#[test]
fn a_fault_that_hits_nothing_is_never_a_pass() {
    let here = Workplace::new();
    here.scenario(&format!(
        "{LOAD}faults:\n  - {{at: 100ms, for: 500ms, cut: {{from: front, to: back}}}}\n{HOLDS}"
    ));
    here.brunt(&["run", "scenario.yaml"]).must(3, &["cut front → back", "inconclusive"]);
}

#[test]
fn faults_and_guards_of_a_cluster_are_refused_on_this_machine() {
    let here = Workplace::new();
    let fault = "faults:\n  - {at: 100ms, for: 500ms, drain: {of: front}}\n";
    here.scenario(&format!("{LOAD}{fault}{HOLDS}"));
    here.brunt(&["run", "scenario.yaml"])
        .must(2, &["the fault `drain one of the nodes of front`", "--on kubernetes"]);
    let fault = "faults:\n  - {at: 100ms, kill: {service: front}, where: {zone: a}}\n";
    here.scenario(&format!("{LOAD}{fault}{HOLDS}"));
    here.brunt(&["run", "scenario.yaml"])
        .must(2, &["the fault `kill -9 one of front`", "--on kubernetes"]);
    let proof = "proof:\n  - {without: {spread: front}, fails: [availability]}\n";
    here.scenario(&format!("{LOAD}{HOLDS}{proof}"));
    here.brunt(&["prove", "scenario.yaml"]).must(2, &["the guard `spread`", "--on kubernetes"]);
}

#[test]
fn a_port_in_use_is_named_with_its_service() {
    let here = Workplace::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    here.write("shop.yaml", &program::system(&format!("    port: {port}\n")));
    here.brunt(&["up", "shop.yaml"]).must(2, &[&format!("port {port}"), "front"]);
}

#[test]
fn a_port_offset_beyond_the_highest_port_is_refused() {
    let here = Workplace::new();
    here.write("shop.yaml", &program::system("    port: 60000\n"));
    here.brunt(&["up", "shop.yaml", "--port-offset", "6000"])
        .must(2, &["--port-offset 6000 is too much", "front"]);
}

#[test]
fn a_service_whose_store_cannot_be_written_does_not_start() {
    let here = Workplace::new();
    here.write("file", "a file is no folder");
    let output = here
        .command(&["serve", "coffee", "order"])
        .env("DATA_DIR", "file")
        .env("PORT", "0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("file"), "{said}");
}

#[test]
fn an_output_folder_that_cannot_be_written_is_named() {
    let here = Workplace::new();
    here.scenario(&format!("{LOAD}{HOLDS}"));
    here.write("file", "a file is no folder");
    here.brunt(&["run", "scenario.yaml", "--out", "file"]).must(2, &["cannot create", "file"]);
}

#[test]
fn unknown_commands_systems_and_scenarios_are_answered_with_the_nearest_names() {
    let here = Workplace::new();
    here.brunt(&["run", "coffee/product-dwn"])
        .must(2, &["did you mean the built-in `coffee/product-down`?"]);
    here.brunt(&["up", "cofee"]).must(2, &["did you mean `coffee`?"]);
    here.brunt(&["serve", "coffee", "ordr"]).must(2, &["did you mean `order`?"]);
    here.brunt(&["serve", "tea", "order"]).must(2, &["coffee"]);
    here.brunt(&["prov"]).must(2, &["a similar subcommand exists: 'prove'"]);
    for hidden in ["wrok", "worke", "reape", "edge-prox", "conections"] {
        let said = here.brunt(&[hidden]);
        said.must(2, &["unrecognized subcommand"]);
        for name in ["'work'", "'reap'", "'edge-proxy'", "'connections'"] {
            assert!(!said.err.contains(name), "{hidden}: {}", said.err);
        }
    }
}

#[test]
fn names_command_neither_a_terminal_nor_a_ci_server() {
    let here = Workplace::new();
    let scenario = "version: 1\nname: \"a\\e[31m\\n::error::b\"\nsystem: shop.yaml\nload: [{name: \
                    LOAD, open: {rate: 10/s}, for: 300ms, get: front/ready}]\nexpect: \
                    [{availability: {of: LOAD, atLeast: 1%}}]\n";
    here.write("named.yaml", &scenario.replace("LOAD", "l"));
    here.write("refused.yaml", &scenario.replace("LOAD", "\"l\\e]0;x\\a\\n::error::b\""));
    let cases = [("validate", "named", 0), ("run", "named", 0), ("validate", "refused", 2)];
    for (command, file, code) in cases {
        let said = here.brunt(&[command, &format!("{file}.yaml")]);
        said.must(code, &[]);
        let all = format!("{}{}", said.out, said.err);
        assert!(!all.contains(['\u{1b}', '\u{7}']), "{command}: {all:?}");
        let obeyed = all.lines().find(|line| line.trim_start().starts_with("::"));
        assert_eq!(obeyed, None, "{command}");
    }
}

#[test]
fn a_service_whose_program_does_not_exist_is_named() {
    let here = Workplace::new();
    here.write("shop.yaml", "version: 1\nname: shop\nservices: {front: {command: [./missing]}}\n");
    here.scenario(&format!("{LOAD}{HOLDS}"));
    here.brunt(&["run", "scenario.yaml"]).must(2, &["front", "missing"]);
}

#[test]
fn a_service_that_ends_before_it_is_ready_is_named_with_its_output() {
    let here = Workplace::new();
    let ends = program::system("").replace("program::serve", "program::no_such_program");
    here.write("shop.yaml", &ends);
    here.scenario(&format!("{LOAD}{HOLDS}"));
    here.brunt(&["run", "scenario.yaml"])
        .must(3, &["back ended before it was ready", "running 0 tests"]);
}
