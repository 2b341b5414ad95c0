//! A load generator that cannot work says nothing of the system.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::workplace::{Workplace, wait_until};

const LIMITS: &str = "\
expect:
  - availability: {of: orders, atLeast: 100%}
  - latency: {of: orders, p99: 1s}
";

/// Stops the generator for two seconds in the middle of its load; returns how the run ended, and
/// what it printed.
fn stopped_for_two_seconds(load: &str) -> (Option<i32>, String) {
    let here = Workplace::new();
    here.scenario(&format!("load:\n  - {{name: orders, {load}, get: front/orders}}\n{LIMITS}"));
    let mut run = here.start(&["run", "scenario.yaml", "--retries", "0"]);
    wait_until("the load goes on", || here.printed().contains(" ok, "));
    let pid = Pid::from_child(&run);
    kill_process(pid, Signal::STOP).unwrap();
    let slept = Command::new("sleep").arg("2").status().unwrap();
    kill_process(pid, Signal::CONT).unwrap();
    assert!(slept.success());
    let code = run.wait().unwrap().code();
    (code, here.printed())
}

#[test]
fn an_open_load_that_was_stopped_for_two_seconds_is_no_verdict_on_latency() {
    let (code, printed) = stopped_for_two_seconds("open: {rate: 50/s}, for: 8s");
    assert_eq!(code, Some(3), "{printed}");
    // Reports are folded, and may be folded within what is looked for.
    let words = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("The generator itself was late"), "{printed}");
}

#[test]
fn users_who_were_stopped_for_two_seconds_are_no_verdict_on_latency() {
    let load = "closed: {users: 20, think: 1s}, for: 8s";
    let (code, printed) = stopped_for_two_seconds(load);
    assert_ne!(code, Some(1), "{printed}");
}

#[test]
fn a_generator_without_descriptors_says_so_and_fails_nothing() {
    let here = Workplace::new();
    let load = "load:\n  - {name: orders, closed: {users: 100}, for: 2s, get: front/orders}\n";
    here.scenario(&format!("{load}{LIMITS}"));
    let brunt = env!("CARGO_BIN_EXE_brunt");
    let script = format!("ulimit -n 64 && exec {brunt:?} run scenario.yaml --retries 0");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(here.path("."));
    let ended = crate::workplace::Ended::of(&command.output().unwrap());
    assert!(matches!(ended.code, Some(2 | 3)), "{ended:#?}");
    ended.must(ended.code.unwrap(), &["descriptor"]);
}
