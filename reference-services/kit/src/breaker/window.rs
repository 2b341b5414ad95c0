//! A sliding window of the last calls, and the shares of failed and slow ones.

use std::collections::VecDeque;

/// A sliding window that counts calls, not seconds.
#[derive(Clone, Debug)]
pub(super) struct Window {
    size: u32,
    minimum: u32,
    calls: VecDeque<Call>,
    failed: u32,
    slow: u32,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    failed: bool,
    slow: bool,
}

/// Shares of the window's calls, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rates {
    pub(super) failed: f64,
    pub(super) slow: f64,
}

impl Window {
    /// The last `size` calls; with fewer than `minimum` there are no rates. A minimum that the
    /// window cannot hold is the whole window.
    pub(super) fn new(size: u32, minimum: u32) -> Self {
        Self { size, minimum: minimum.min(size), calls: VecDeque::new(), failed: 0, slow: 0 }
    }

    pub(super) fn record(&mut self, failed: bool, slow: bool) -> Option<Rates> {
        if self.count() == self.size
            && let Some(oldest) = self.calls.pop_front()
        {
            self.failed -= u32::from(oldest.failed);
            self.slow -= u32::from(oldest.slow);
        }
        self.calls.push_back(Call { failed, slow });
        self.failed += u32::from(failed);
        self.slow += u32::from(slow);
        (self.count() >= self.minimum)
            .then(|| Rates { failed: self.percent(self.failed), slow: self.percent(self.slow) })
    }

    /// Never more than `size`, so it fits.
    fn count(&self) -> u32 {
        self.calls.len() as u32
    }

    fn percent(&self, part: u32) -> f64 {
        f64::from(part) * 100.0 / f64::from(self.count())
    }
}
