//! A supervisor that is killed leaves nothing behind.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use brunt_local::LocalSystem;

use crate::plans::{options, service, system};
use crate::running::{SERVER, holds, lives};

const SUPERVISOR: &str = env!("CARGO_BIN_EXE_brunt-test-supervisor");

/// Living processes of these process groups. After the name in parentheses, /proc/PID/stat has
/// state, parent and group.
fn members(groups: &HashSet<u32>) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.filter(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        fields.len() > 2
            && fields[0] != "Z"
            && fields[2].parse().is_ok_and(|group| groups.contains(&group))
    })
    .collect()
}

/// Living processes with this word in their environment or arguments.
fn marked(word: &str) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.filter(|pid: &u32| {
        let about = |file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let all = [about("environ"), about("cmdline")].concat();
        String::from_utf8_lossy(&all).contains(word) && lives(*pid)
    })
    .collect()
}

/// Killed as soon as so many of its processes are there, up to all six: the supervisor, its reaper,
/// and two programs with a child each.
#[tokio::test]
async fn a_supervisor_killed_at_any_instant_leaves_nothing() {
    for processes in (1..=6).cycle().take(30) {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().display().to_string();
        let mut supervisor = Command::new(SUPERVISOR)
            .arg(SERVER)
            .arg(folder.path())
            .env("MARK", &mark)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        holds(|| (marked(&mark).len() >= processes).then_some(())).await;
        supervisor.kill().unwrap();
        supervisor.wait().unwrap();
        holds(|| marked(&mark).is_empty().then_some(())).await;
    }
}

#[tokio::test]
async fn a_system_that_is_stopped_sends_its_reaper_home() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    let mark = folder.path().join("reaper").display().to_string();
    options.reaper =
        Some(vec!["env".into(), format!("MARK={mark}").into(), SUPERVISOR.into(), "reap".into()]);
    let plan = system([("shop", service())]);
    let (running, _observed) = LocalSystem::start(&plan, options).await.unwrap();
    running.ready().await.unwrap();
    holds(|| (marked(&mark).len() == 1).then_some(())).await;
    assert_eq!(running.stop().await, [""; 0]);
    assert_eq!(marked(&mark), [0; 0]);
}

#[tokio::test]
async fn a_reaper_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    options.reaper = Some(vec!["/no/such/reaper".into()]);
    let plan = system([("shop", service())]);
    let error = LocalSystem::start(&plan, options).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot start the reaper: "), "{error}");
}

#[tokio::test]
async fn a_killed_supervisor_leaves_no_process_and_no_grandchild() {
    let folder = tempfile::tempdir().unwrap();
    let mut supervisor = Command::new(SUPERVISOR)
        .arg(SERVER)
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(supervisor.stdout.take().unwrap()).lines();
    let groups: HashSet<u32> = said
        .map_while(Result::ok)
        .take_while(|line| line != "ready")
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(groups.len(), 2);
    assert_eq!(members(&groups).len(), 4, "two programs, each with a child");
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    holds(|| members(&groups).is_empty().then_some(())).await;
}
