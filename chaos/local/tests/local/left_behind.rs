//! A supervisor that is killed leaves nothing behind.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::running::{SERVER, holds};

/// Living processes of these process groups. After the name in parentheses, /proc/PID/stat has state, parent and group.
fn members(groups: &HashSet<u32>) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    pids.filter(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        fields.len() > 2 && fields[0] != "Z" && fields[2].parse().is_ok_and(|group| groups.contains(&group))
    })
    .collect()
}

#[tokio::test]
async fn a_killed_supervisor_leaves_no_process_and_no_grandchild() {
    let folder = tempfile::tempdir().unwrap();
    let mut supervisor = Command::new(env!("CARGO_BIN_EXE_brunt-test-supervisor"))
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
