//! Nothing stays behind: not after ctrl-C, not after SIGTERM, not after SIGKILL of the supervisor.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

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
