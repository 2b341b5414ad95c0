//! A precise timer.
//!
//! The runtime's own timers are precise to a millisecond. On Linux, a kernel timer (timerfd) wakes
//! the thread within some ten microseconds.

use std::time::Instant;

#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

/// Wakes one task at a given time.
pub(crate) struct PreciseTimer {
    #[cfg(target_os = "linux")]
    timer: Option<tokio::io::unix::AsyncFd<OwnedFd>>,
}

impl PreciseTimer {
    /// A timer on the thread's runtime. Without a kernel timer it falls back to the runtime's.
    #[cfg(target_os = "linux")]
    pub fn new() -> Self {
        use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags).ok();
        // Deprecated for descriptors that may close while they are watched; an owned one cannot.
        #[expect(deprecated)]
        let watched = timer.and_then(|timer| tokio::io::unix::AsyncFd::new(timer).ok());
        Self { timer: watched }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn new() -> Self {
        Self {}
    }

    /// Waits until this moment.
    pub async fn until(&self, then: Instant) {
        #[cfg(target_os = "linux")]
        if let Some(timer) = &self.timer
            && sleep(timer, then).await.is_ok()
        {
            return;
        }
        tokio::time::sleep_until(then.into()).await;
    }
}

#[cfg(target_os = "linux")]
async fn sleep(timer: &tokio::io::unix::AsyncFd<OwnedFd>, then: Instant) -> std::io::Result<()> {
    use rustix::time::{Itimerspec, TimerfdTimerFlags, Timespec, timerfd_settime};
    let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
    loop {
        let left = then.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        let it_value = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: left.subsec_nanos().into(),
        };
        let spec = Itimerspec { it_interval: zero, it_value };
        timerfd_settime(timer.get_ref(), TimerfdTimerFlags::empty(), &spec)?;
        // Setting the timer again clears it, so it need not be read. An old expiry may still be
        // reported as readiness: hence the loop.
        timer.readable().await?.clear_ready();
    }
}
