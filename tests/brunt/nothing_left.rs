//! Nothing stays behind: not after ctrl-C, not after SIGTERM, not after SIGKILL of the supervisor.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use crate::program;
use crate::workplace::{Workplace, wait_until};

/// Processes that work in this folder or were started with it in their environment,
/// other than ours.
fn processes_in(folder: &Path) -> Vec<u32> {
    let folder = folder.canonicalize().unwrap();
    let belongs = |pid: &u32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let marked = String::from_utf8_lossy(&environment).contains(folder.to_str().unwrap());
        let works_there = std::fs::read_link(format!("/proc/{pid}/cwd"))
            .is_ok_and(|cwd| cwd.starts_with(&folder));
        marked || works_there
    };
    let all = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    all.filter(belongs).collect()
}

fn up_then(signal: Signal, code: Option<i32>) {
    let here = Workplace::new();
    let mut child = here.up(&["up", "shop.yaml"]);
    let before = processes_in(&here.path(""));
    assert!(before.len() >= 3, "supervisor and two services: {before:?}");
    kill_process(Pid::from_child(&child), signal).unwrap();
    assert_eq!(child.wait().unwrap().code(), code, "{}", here.printed());
    wait_until("all processes are gone", || processes_in(&here.path("")).is_empty());
}

#[test]
fn no_process_is_left_after_ctrl_c() {
    up_then(Signal::INT, Some(0));
}

#[test]
fn no_process_is_left_after_sigterm() {
    up_then(Signal::TERM, Some(0));
}

#[test]
fn no_process_is_left_after_sigkill_of_the_supervisor() {
    up_then(Signal::KILL, None);
}

#[test]
fn no_process_is_left_when_the_terminal_is_closed() {
    // What ignores it passes that on: the program would go on, as it should.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    assert_eq!(ignored & 1, 0, "SIGHUP is ignored here: run the tests without nohup");
    up_then(Signal::HUP, Some(0));
}

/// A system whose services ignore SIGTERM, and have ten minutes to end.
fn stubborn(here: &Workplace) {
    let command = format!("[{:?}, ", std::env::current_exe().unwrap());
    let ignoring = "[sh, -c, 'trap \"\" TERM; exec \"$0\" \"$@\"', ";
    let ignoring = format!("{ignoring}{}", &command[1..]);
    let system = program::system("").replace(&command, &ignoring);
    let system =
        system.replace("    env: {NAME", "    terminationGracePeriod: 600s\n    env: {NAME");
    here.write("shop.yaml", &system);
}

#[test]
fn after_a_signal_nothing_waits_for_services_that_take_long_to_end() {
    let here = Workplace::new();
    stubborn(&here);
    let mut child = here.up(&["up", "shop.yaml"]);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", here.printed());
    assert_eq!(processes_in(&here.path("")), [0; 0]);
}

#[test]
fn a_second_signal_ends_the_command_at_once() {
    let here = Workplace::new();
    stubborn(&here);
    let mut child = here.up(&["up", "shop.yaml"]);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    wait_until("it is stopping", || here.printed().contains("stopping shop"));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let code = child.wait().unwrap().code();
    // The services may have been killed before the second signal came.
    assert!([Some(130), Some(0)].contains(&code), "{code:?}: {}", here.printed());
    wait_until("all processes are gone", || processes_in(&here.path("")).is_empty());
}

#[test]
fn the_exit_code_of_a_second_signal_is_in_the_help_of_the_program_and_of_its_load_generator() {
    let here = Workplace::new();
    here.brunt(&["--help"]).must(0, &["130 ended at once by a second signal"]);
    here.brunt(&["load", "--help"]).must(0, &["130 ended at once by a second signal"]);
}

#[test]
fn a_run_that_is_interrupted_in_a_step_of_its_setup_ends() {
    let here = Workplace::new();
    here.scenario(
        "setup:\n  - {get: front/broken, expect: 200, within: 5m}\nload:\n  - {name: reads, open: \
         {rate: 5/s}, for: 2s, get: front/orders}\nexpect:\n  - availability: {of: reads, atLeast: \
         50%}\n",
    );
    let mut child = here.start(&["run", "scenario.yaml"]);
    wait_until("the setup begins", || processes_in(&here.path("")).len() >= 3);
    wait_until("the services are ready", || here.printed().contains("ready"));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{}", here.printed());
    wait_until("all processes are gone", || processes_in(&here.path("")).is_empty());
}
