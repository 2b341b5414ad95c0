//! The stop condition: too many errors for too long.

use std::time::Instant;

use brunt_scenarios::plan::AbortWhen;

/// Watches the share of failed requests, and says when a load should be aborted.
#[derive(Debug)]
pub struct AbortWatch {
    when: AbortWhen,
    seen: (u64, u64),
    bad_since: Option<Instant>,
}

impl AbortWatch {
    /// A watch for one condition of a load file or scenario.
    pub fn new(when: AbortWhen) -> Self {
        Self { when, seen: (0, 0), bad_since: None }
    }

    /// Takes the totals so far; returns the reason once the condition has held for long enough. A
    /// call between which and the last one nothing was answered changes nothing.
    pub fn look(&mut self, now: Instant, ok: u64, failed: u64) -> Option<String> {
        let (more_ok, more_failed) = (ok - self.seen.0, failed - self.seen.1);
        self.seen = (ok, failed);
        let all = more_ok + more_failed;
        if all == 0 {
            return None;
        }
        let share = more_failed as f64 / all as f64;
        if share < self.when.error_rate.fraction() {
            self.bad_since = None;
            return None;
        }
        let since = *self.bad_since.get_or_insert(now);
        (now - since >= self.when.lasts).then(|| {
            let lasted = brunt_scenarios::units::Period(self.when.lasts);
            format!("at least {} of the requests failed for {lasted}", self.when.error_rate)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AbortWatch;
    use std::time::{Duration, Instant};

    use brunt_scenarios::plan::AbortWhen;

    #[test]
    fn a_load_is_aborted_only_by_errors_that_last() {
        let when = AbortWhen { error_rate: "50%".parse().unwrap(), lasts: Duration::from_secs(2) };
        let mut watch = AbortWatch::new(when);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(watch.look(at(0), 0, 10), None);
        assert_eq!(watch.look(at(1), 10, 15), None, "a good second in between");
        assert_eq!(watch.look(at(2), 10, 25), None);
        assert_eq!(watch.look(at(3), 10, 25), None, "nothing answered");
        assert!(watch.look(at(4), 10, 35).is_some());
    }
}
