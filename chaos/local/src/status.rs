//! What runs where.

use std::fs;

use serde::Serialize;

/// One service at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// Its name.
    pub name: String,
    /// Where it is offered.
    pub url: String,
    /// Its replicas, by number; empty for a service that brunt has not started.
    pub replicas: Vec<ReplicaStatus>,
}

/// One replica at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaStatus {
    /// Its number.
    pub number: u32,
    /// What it does.
    pub state: ReplicaState,
    /// Its process, while there is one.
    pub pid: Option<u32>,
    /// Its own port, while there is a process.
    pub port: Option<u16>,
    /// How often it was started again in place.
    pub restarts: u32,
    /// Resident memory of its process, in bytes; `None` where that cannot be found out.
    pub rss: Option<u64>,
}

/// What a replica does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReplicaState {
    /// It runs and has not been ready yet.
    Starting,
    /// It is sent requests.
    Ready,
    /// It runs and is not sent requests any more.
    NotReady,
    /// It is frozen.
    Paused,
    /// It waits to be started again.
    BackOff,
    /// It has been told to end.
    Terminating,
    /// It has ended and does not come back.
    Gone,
}

/// Resident memory of a process, in bytes.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory() {
        let rss = resident(std::process::id()).unwrap();
        assert!((100_000..10_000_000_000).contains(&rss), "{rss}");
        assert_eq!(resident(u32::MAX), None);
    }
}
