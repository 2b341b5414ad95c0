//! How much processor time processes use.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// The processor time that processes had used at the last look.
#[derive(Debug)]
pub(crate) struct ProcessUsage {
    before: BTreeMap<u32, f64>,
    at: Instant,
}

impl ProcessUsage {
    pub(crate) fn new() -> Self {
        Self { before: BTreeMap::new(), at: Instant::now() }
    }

    /// How many processors these processes used together since the last look, as an average. One
    /// that was not there then does not count yet.
    pub(crate) fn since_last(&mut self, processes: impl Iterator<Item = u32>) -> f64 {
        let now: BTreeMap<u32, f64> =
            processes.filter_map(|pid| Some((pid, seconds(pid)?))).collect();
        let used = now.iter().filter_map(|(pid, seconds)| Some(seconds - self.before.get(pid)?));
        let used: f64 = used.sum();
        let passed = self.at.elapsed().as_secs_f64();
        *self = Self { before: now, at: Instant::now() };
        // A process that has the number of an earlier one has used less than that.
        if passed > 0.0 { used.max(0.0) / passed } else { 0.0 }
    }
}

/// Seconds of processor time that a process has used; `None` where that cannot be found out.
fn seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may contain anything. The 14th and 15th fields are the times in user
    // and in kernel mode.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_ascii_whitespace().skip(11).map(str::parse::<u64>);
    let ticks = times.next()?.ok()? + times.next()?.ok()?;
    Some(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_busy_process_is_seen_to_use_processors() {
        let me = std::process::id();
        let mut usage = ProcessUsage::new();
        assert!(usage.since_last([me].into_iter()).abs() < f64::EPSILON, "not replica before");
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(200) {
            std::hint::black_box(0);
        }
        // Other tests are busy too, and others may be busier than this machine has room for.
        let used = usage.since_last([me].into_iter());
        assert!(used > 0.05, "{used}");
        assert_eq!(seconds(u32::MAX), None);
    }
}
