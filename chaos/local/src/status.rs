//! The state of services and their replicas at one moment, as `brunt up` shows it.

use std::{fmt, fs};

use serde::Serialize;

/// One service at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// The service's name in the system file.
    pub name: String,
    /// The URL of its front, or of a service that runs already; without a slash at the end.
    pub url: String,
    /// Its replicas, by number; empty for a service that brunt has not started.
    pub replicas: Vec<ReplicaStatus>,
}

/// One replica at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaStatus {
    /// Counted from 1; a number is not used again for another replica of the service.
    pub number: u32,
    /// Whether requests are sent to it, and why not.
    pub state: ReplicaPhase,
    /// The id of its process, while there is one.
    pub pid: Option<u32>,
    /// Its own port, while there is a process.
    pub port: Option<u16>,
    /// How often it was started again in place.
    pub restarts: u32,
    /// Resident memory of its process, in bytes; `None` where that cannot be found out.
    pub rss: Option<u64>,
}

/// How far a replica is between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReplicaPhase {
    /// It has had no process yet.
    Absent,
    /// It runs and has not been ready yet.
    Starting,
    /// Requests are sent to it.
    Ready,
    /// It runs, and requests are not sent to it any more.
    NotReady,
    /// Its process is frozen by a fault.
    Paused,
    /// It waits to be started again.
    BackOff,
    /// Its process is ending.
    Terminating,
    /// It has ended and does not come back.
    Gone,
}

impl fmt::Display for ReplicaPhase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Absent => "absent",
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::NotReady => "not ready",
            Self::Paused => "paused",
            Self::BackOff => "back-off",
            Self::Terminating => "terminating",
            Self::Gone => "gone",
        })
    }
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
    fn the_resident_memory_of_this_process_is_plausible() {
        let rss = resident(std::process::id()).unwrap();
        assert!((100_000..10_000_000_000).contains(&rss), "{rss}");
        assert_eq!(resident(u32::MAX), None);
    }
}
