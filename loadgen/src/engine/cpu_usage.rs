//! How much processor time a thread needs.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Measures the share of time in which this thread ran, or was ready to run and had no processor.
pub(crate) struct CpuUsage {
    scheduler: Option<File>,
    before: Duration,
    since: Instant,
}

impl CpuUsage {
    /// Starts to measure the calling thread.
    pub fn new() -> Self {
        let scheduler = File::open("/proc/thread-self/schedstat").ok();
        Self { before: needed(scheduler.as_ref()), scheduler, since: Instant::now() }
    }

    /// The share since the last call, and the time that has passed since then.
    pub fn share(&mut self) -> (f64, Duration) {
        let (needed, now) = (needed(self.scheduler.as_ref()), Instant::now());
        let passed = now.duration_since(self.since);
        let share =
            needed.saturating_sub(self.before).as_secs_f64() / passed.as_secs_f64().max(1e-6);
        (self.before, self.since) = (needed, now);
        (share, passed)
    }
}

/// Time on a processor plus, on Linux, time in the run queue. A thread that a busy machine does not
/// let run is as late as one that works all the time.
fn needed(scheduler: Option<&File>) -> Duration {
    let mut text = [0; 128];
    let read = scheduler.and_then(|file| file.read_at(&mut text, 0).ok());
    let told = read.and_then(|length| sum(&text[..length]));
    told.unwrap_or_else(|| {
        let cpu = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(
            u64::try_from(cpu.tv_sec).unwrap_or_default(),
            u32::try_from(cpu.tv_nsec).unwrap_or_default(),
        )
    })
}

fn sum(text: &[u8]) -> Option<Duration> {
    let mut fields = std::str::from_utf8(text).ok()?.split_ascii_whitespace();
    let (ran, waited): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_nanos(ran + waited))
}
