//! How long a replica waits before it is started again.

use std::time::Duration;

use brunt_scenarios::bounds;

/// After running this long a replica counts as healthy, and its restarts are counted from zero; as
/// the kubelet has it.
const QUIET: Duration = Duration::from_secs(600);

/// Counts restarts in a row.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    in_a_row: u32,
    while_starting: u32,
}

impl BackOff {
    /// The wait before the next start of a replica of a service that has never been ready.
    pub(crate) fn while_starting(&mut self) -> Duration {
        self.while_starting += 1;
        bounds::start_back_off(self.while_starting)
    }

    /// The wait before the next start of a replica that ran this long.
    pub(crate) fn after(&mut self, ran: Duration) -> Duration {
        if ran >= QUIET {
            self.in_a_row = 0;
        }
        self.in_a_row += 1;
        bounds::back_off(self.in_a_row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_a_service_starts_waits_double_from_a_tenth_of_a_second_up_to_five() {
        let mut back_off = BackOff::default();
        let waits: Vec<u128> = (0..8).map(|_| back_off.while_starting().as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(back_off.after(Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn waits_double_up_to_five_minutes_and_reset_after_ten_minutes_of_running() {
        let mut back_off = BackOff::default();
        let moment = Duration::from_secs(1);
        let waits: Vec<u64> = (0..8).map(|_| back_off.after(moment).as_secs()).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(back_off.after(QUIET), Duration::ZERO);
        assert_eq!(back_off.after(moment).as_secs(), 10);
    }
}
