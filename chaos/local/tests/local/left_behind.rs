//! A supervisor that is killed leaves no process behind.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use brunt_local::LocalSystem;
use rustix::process::{Pid, Signal, kill_process};

use crate::plans::{options, service, system};
use crate::running::{SERVER, eventually, is_alive};

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
fn processes_marked(word: &str) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.filter(|pid: &u32| {
        let about = |file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let all = [about("environ"), about("cmdline")].concat();
        String::from_utf8_lossy(&all).contains(word) && is_alive(*pid)
    })
    .collect()
}

/// A supervisor in the folder that all of its processes are marked with; `child` says what its
/// programs start.
fn supervisor(folder: &str, child: &str) -> Child {
    Command::new(SUPERVISOR)
        .args([SERVER, folder])
        .env("MARK", folder)
        .env("CHILD", child)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// It is killed as soon as a number of its processes run, up to all six: the supervisor, its
/// reaper, and two programs with a child each, which is in their process group or a daemon.
#[tokio::test]
async fn a_supervisor_killed_at_any_time_leaves_no_process() {
    for (round, processes) in (1..=6).cycle().take(30).enumerate() {
        let child = if round % 2 == 0 { "daemon" } else { "parent" };
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().display().to_string();
        let mut supervisor = supervisor(&mark, child);
        eventually(|| (processes_marked(&mark).len() >= processes).then_some(())).await;
        supervisor.kill().unwrap();
        supervisor.wait().unwrap();
        eventually(|| processes_marked(&mark).is_empty().then_some(())).await;
    }
}

/// Daemons have no death signal, and nobody knows them any more but by their marks.
#[tokio::test]
async fn what_is_left_of_a_supervisor_killed_with_its_reaper_ends_when_the_next_system_starts() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().display().to_string();
    let mut supervisor = supervisor(&mark, "daemon");
    eventually(|| (processes_marked(&mark).len() == 6).then_some(())).await;
    let is_reaper = |pid: &u32| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.ends_with(b"\0reap\0")
    };
    let reaper = processes_marked(&mark).into_iter().find(is_reaper).unwrap();
    let reaper_id = Pid::from_raw(i32::try_from(reaper).unwrap()).unwrap();
    kill_process(reaper_id, Signal::KILL).unwrap();
    eventually(|| (!is_alive(reaper)).then_some(())).await;
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();

    let other = tempfile::tempdir().unwrap();
    let plan = system([("shop", service())]);
    let options = options(Path::new(SERVER), other.path());
    let (running, _observed) = LocalSystem::start(&plan, options).await.unwrap();
    assert_eq!(processes_marked(&mark), [0; 0]);
    assert_eq!(running.stop().await, [""; 0]);
}

#[tokio::test]
async fn stopping_a_system_ends_its_reaper() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    let mark = folder.path().join("reaper").display().to_string();
    options.reaper =
        Some(vec!["env".into(), format!("MARK={mark}").into(), SUPERVISOR.into(), "reap".into()]);
    let plan = system([("shop", service())]);
    let (running, _observed) = LocalSystem::start(&plan, options).await.unwrap();
    running.ready().await.unwrap();
    eventually(|| (processes_marked(&mark).len() == 1).then_some(())).await;
    assert_eq!(running.stop().await, [""; 0]);
    assert_eq!(processes_marked(&mark), [0; 0]);
}

#[tokio::test]
async fn a_reaper_that_cannot_be_started_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(Path::new(SERVER), folder.path());
    options.reaper = Some(vec!["/no/such/reaper".into()]);
    let plan = system([("shop", service())]);
    let error = LocalSystem::start(&plan, options).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot start the reaper");
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[tokio::test]
async fn children_of_services_end_when_the_supervisor_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut supervisor = Command::new(SUPERVISOR)
        .arg(SERVER)
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(supervisor.stdout.take().unwrap()).lines();
    let groups: HashSet<u32> = lines
        .map_while(Result::ok)
        .take_while(|line| line != "ready")
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(groups.len(), 2);
    assert_eq!(members(&groups).len(), 4, "two programs, each with a child");
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    eventually(|| members(&groups).is_empty().then_some(())).await;
}
